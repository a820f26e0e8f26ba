# shellcheck shell=sh
# What is known of this boot: /run/rpilive/status.json, and warnings in the message of the day.

# mode_name WORD: a value of the option root as the cmdlets name it
mode_name() {
	case $1 in ram) printf Ram ;; medium) printf Medium ;; *) printf Auto ;; esac
}

# json_number TEXT: 0 for what is none
json_number() {
	if is_number "$1" 0 999999999999; then decimal "$1"; else printf 0; fi
}

# capital WORD: a word of the settings as the cmdlets name it
capital() {
	case $1 in
		usb) printf Usb ;;
		partition) printf Partition ;;
		folder) printf Folder ;;
		overlay) printf Overlay ;;
		bind) printf Bind ;;
		tmpfs) printf Tmpfs ;;
	esac
}

# json_property NAME KEY PROPERTY [DEFAULT]: a member of the object of a store, with a comma behind it
json_property() {
	store_get "$1" "$3" "${4:-}"
	printf '"%s":' "$2"
	json_string "$store_value"
	printf ,
}

json_stores() {
	stores_separator=
	list_stores
	for stores_name in $store_list; do
		printf '%s{"name":"%s",' "$stores_separator" "$stores_name"
		store_get "$stores_name" kind
		printf '"kind":"%s",' "$(capital "$store_value")"
		json_property "$stores_name" state state
		json_property "$stores_name" reason reason
		store_get "$stores_name" device
		printf '"device":%s,' "$(json_string_or_null "${store_value:+/dev/$store_value}")"
		store_get "$stores_name" container false
		printf '"container":%s,' "$store_value"
		json_property "$stores_name" fsck fsck Skipped
		store_get "$stores_name" waited 0
		printf '"waitedSeconds":%s,' "$(json_number "$store_value")"
		stores_free='' stores_total=''
		store_get "$stores_name" state
		case $store_value in
			Mounted | ReadOnly)
				stores_free=$(space_kib "$STATE/stores/$stores_name" free)
				stores_total=$(space_kib "$STATE/stores/$stores_name" total)
				;;
		esac
		printf '"freeKiB":%s,"totalKiB":%s}' "$(json_number "$stores_free")" "$(json_number "$stores_total")"
		stores_separator=,
	done
}

json_rules() {
	[ -r "$STATE/keep" ] || return 0
	rules_separator=
	while IFS=: read -r rules_state rules_mode rules_store rules_real rules_directory rules_reason; do
		: "$rules_real"
		printf '%s{"directory":%s,"mode":%s,"store":%s,"state":%s,"reason":%s}' "$rules_separator" "$(json_string "$rules_directory")" \
			"$(json_string "$(capital "$rules_mode")")" "$(json_string_or_null "$rules_store")" "$(json_string "$rules_state")" \
			"$(json_string "$rules_reason")"
		rules_separator=,
	done <"$STATE/keep"
}

# json_steps: what each step of this boot took
json_steps() {
	[ -r "$STATE/steps" ] || return 0
	steps_separator=
	while read -r steps_name steps_time; do
		steps_part=$((steps_time % 100))
		[ "$steps_part" -ge 10 ] || steps_part=0$steps_part
		printf '%s{"name":"%s","seconds":%s.%s}' "$steps_separator" "$steps_name" "$((steps_time / 100))" "$steps_part"
		steps_separator=,
	done <"$STATE/steps"
}

json_zram() {
	printf '{"state":"%s","reason":%s,"device":%s,"algorithm":%s,' "$zram_state" "$(json_string "$zram_reason")" \
		"$(json_string_or_null "${zram_device:+/dev/$zram_device}")" "$(json_string_or_null "$zram_algorithm")"
	printf '"sizeKiB":%s,"limitKiB":%s,"priority":%s,"swappiness":%s}' "$zram_kib" "$zram_limit_kib" "${zram_priority:-null}" "${zram_swappiness:-null}"
}

status_json() {
	printf '{"schema":"rpilive.boot","schemaVersion":1,"version":%s,"flavour":%s,"kernel":%s,' \
		"$(json_string "$(build_value version)")" "$(json_string "$(build_value flavour)")" "$(json_string "$(uname -r)")"
	printf '"rootMode":%s,"requestedRootMode":%s,"reason":%s,' \
		"$(json_string "$root_mode")" "$(json_string "$(mode_name "$opt_root")")" "$(json_string "$root_reason")"
	printf '"medium":{"device":%s,"uuid":%s,"label":%s},' \
		"$(json_string "/dev/$medium_name")" "$(json_string "$(build_value volume)")" "$(json_string "$medium_label")"
	printf '"squashfs":{"bytes":%s,"sha256":%s,"verified":%s},' \
		"$squashfs_bytes" "$(json_string_or_null "$squashfs_sha256")" "$squashfs_verified"
	printf '"memory":{"totalKiB":%s,"availableAtStartKiB":%s,"availableKiB":%s,"upperKiB":%s},' \
		"$(memory_kib MemTotal)" "$memory_available_at_start" "$(memory_kib MemAvailable)" "$upper_kib"
	printf '"upper":{"sizeKiB":%s,"inodes":%s},"zram":%s,"steps":[%s],' "$upper_kib" "$upper_inodes" "$(json_zram)" "$(json_steps)"
	printf '"persistence":{"enabled":%s,"reason":%s},"stores":[%s],"keep":[%s],' \
		"$(case $opt_persistence in on) printf true ;; *) printf false ;; esac)" "$(json_string "$persistence_reason")" "$(json_stores)" "$(json_rules)"
	printf '"machineId":%s,"warnings":[%s]}\n' "$(json_string "$machine_id_source")" "$(json_lines "$STATE/warnings")"
}

# write_facts: the same for the command rpilive, a file a value, so that nothing has to be taken apart
write_facts() {
	mkdir -p "$STATE/facts"
	fact version "$(build_value version)"
	fact flavour "$(build_value flavour)"
	fact board "$(board_model)"
	fact root_mode "$root_mode"
	fact root_requested "$(mode_name "$opt_root")"
	fact root_reason "$root_reason"
	fact low_memory "$low_memory"
	fact squashfs_bytes "$squashfs_bytes"
	fact squashfs_sha256 "$squashfs_sha256"
	fact squashfs_verified "$squashfs_verified"
	fact medium_device "$medium_name"
	fact medium_disk "$(disk_of "$medium_name")"
	fact medium_uuid "$(build_value volume)"
	fact medium_label "$medium_label"
	fact zram_asked "$opt_zram"
	fact zram_device "$zram_device"
	fact zram_reason "$zram_reason"
	fact persistence "$opt_persistence"
	fact persistence_reason "$persistence_reason"
}

# fact NAME VALUE
fact() {
	printf '%s\n' "$2" >"$STATE/facts/$1"
}

write_status() {
	status_json >"$STATE/status.json"
}

# pam_motd shows /run/motd.d
write_motd() {
	[ -s "$STATE/warnings" ] || return 0
	mkdir -p "$RUN/motd.d"
	sed 's/^/rpilive: WARNING: /' "$STATE/warnings" >"$RUN/motd.d/10-rpilive"
}
