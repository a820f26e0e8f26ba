# shellcheck shell=sh
# rpilive status and rpilive motd.

# judge: sets problems, one a line with its severity before it, and worst: 0 fine, 1 degraded, 2 failed
judge() {
	problems='' worst=0
	list_disks
	list_stores
	read_memory
	read_upper
	read_zram
	boot_warnings
	judge_upper
	judge_zram
	judge_stores
	judge_medium
	case $worst in 0) state=Fine ;; 1) state=Degraded ;; *) state=Failed ;; esac
}

# member NAME FACT: a member of a JSON object, with a comma behind it
member() {
	fact "$2"
	printf '"%s":' "$1"
	json_string_or_null "$fact"
	printf ,
}

json_number_or_null() {
	printf '%s' "${1:-null}"
}

json_problems() {
	json_separator=
	printf '%s' "$problems" | while read -r problem_severity problem_text; do
		printf '%s{"severity":"%s","text":%s}' "$json_separator" "$(case $problem_severity in 1) printf Warning ;; *) printf Failure ;; esac)" "$(json_string "$problem_text")"
		json_separator=,
	done
}

json_disks() {
	disk_separator=
	fact medium_disk
	for disk_name in $disks; do
		written_bytes "$disk_name" || continue
		printf '%s{"name":"%s","isBootMedium":%s,"readBytes":%s,"writtenBytes":%s}' "$disk_separator" "$disk_name" \
			"$(if [ "$disk_name" = "$fact" ]; then printf true; else printf false; fi)" "$read_bytes" "$written_bytes"
		disk_separator=,
	done
}

json_stores() {
	store_separator=
	for store_name in $stores; do
		read_store "$store_name"
		printf '%s{"name":"%s","kind":"%s","state":"%s","reason":%s,"device":%s,"freeKiB":%s,"totalKiB":%s}' "$store_separator" "$store_name" "$store_kind" \
			"$store_state" "$(json_string "$store_reason")" "$(json_string_or_null "${store_device:+/dev/$store_device}")" \
			"$(json_number_or_null "$store_free_kib")" "$(json_number_or_null "$store_total_kib")"
		store_separator=,
	done
}

# keep_mode_name WORD: sets keep_mode to a mode of the settings as the cmdlets name it
keep_mode_name() {
	case $1 in overlay) keep_mode=Overlay ;; bind) keep_mode=Bind ;; *) keep_mode=Tmpfs ;; esac
}

# json_keep: the keep rules as the boot left them: STATE:MODE:STORE:REAL:DIRECTORY:REASON
json_keep() {
	[ -r "$STATE/keep" ] || return 0
	keep_separator=
	while IFS=: read -r keep_state keep_mode keep_store keep_real keep_directory keep_reason; do
		: "$keep_real"
		keep_mode_name "$keep_mode"
		printf '%s{"directory":%s,"mode":"%s","store":%s,"state":"%s","reason":%s}' "$keep_separator" "$(json_string "$keep_directory")" "$keep_mode" \
			"$(json_string_or_null "$keep_store")" "$keep_state" "$(json_string "$keep_reason")"
		keep_separator=,
	done <"$STATE/keep"
}

# json_steps: what /init took, in hundredths of a second
json_steps() {
	[ -r "$STATE/steps" ] || return 0
	step_separator=
	while read -r step_name step_time; do
		hundredths "$step_time"
		printf '%s{"name":"%s","seconds":%s}' "$step_separator" "$step_name" "$hundredths"
		step_separator=,
	done <"$STATE/steps"
}

status_json() {
	read -r up_seconds up_idle <"$PROC/uptime"
	: "$up_idle"
	printf '{"schema":"rpilive.status","schemaVersion":1,"state":"%s","problems":[%s],' "$state" "$(json_problems)"
	member version version
	member flavour flavour
	member board board
	printf '"kernel":%s,"uptimeSeconds":%s,' "$(json_string "$(uname -r)")" "${up_seconds%%.*}"
	fact squashfs_verified
	root_verified=${fact:-false}
	fact squashfs_bytes
	root_bytes=${fact:-0}
	fact root_mode
	root_mode=$fact
	printf '"root":{'
	member mode root_mode
	member requested root_requested
	member reason root_reason
	member sha256 squashfs_sha256
	printf '"bytes":%s,"ramBytes":%s,"verified":%s},' "$root_bytes" "$(if [ "$root_mode" = Ram ]; then printf '%s' "$root_bytes"; else printf 0; fi)" "$root_verified"
	printf '"medium":{'
	member uuid medium_uuid
	member label medium_label
	fact medium_device
	printf '"device":%s},' "$(json_string "/dev/$fact")"
	printf '"memory":{"totalKiB":%s,"availableKiB":%s},' "$memory_total" "$memory_available"
	printf '"upper":{"sizeKiB":%s,"usedKiB":%s,"inodes":%s,"usedInodes":%s,"percent":%s},' \
		"$upper_kib" "$upper_used_kib" "$upper_inodes" "$upper_used_inodes" "$upper_percent"
	status_zram
	fact persistence
	printf '"persistence":{"enabled":%s,' "$(if [ "$fact" = off ]; then printf false; else printf true; fi)"
	fact persistence_reason
	printf '"reason":%s},"stores":[%s],"keep":[%s],"disks":[%s],"bootSteps":[%s]}\n' "$(json_string "$fact")" "$(json_stores)" "$(json_keep)" "$(json_disks)" "$(json_steps)"
}

status_zram() {
	fact zram_asked
	if [ "${fact:-off}" = off ]; then
		printf '"zram":null,'
		return
	fi
	printf '"zram":{"asked":%s,"active":%s,"device":%s,"algorithm":%s,"priority":%s,' "$(json_string "$fact")" "$zram_active" \
		"$(json_string_or_null "${zram_device:+/dev/$zram_device}")" "$(json_string_or_null "$zram_algorithm")" "$zram_priority"
	hundredths "$zram_ratio"
	printf '"sizeKiB":%s,"usedKiB":%s,"dataKiB":%s,"compressedKiB":%s,"memoryKiB":%s,"ratio":%s},' \
		"$zram_size_kib" "$zram_used_kib" "$zram_data_kib" "$zram_packed_kib" "$zram_memory_kib" "$hundredths"
}

# line LABEL TEXT
line() {
	printf '%-9s %s\n' "$1" "$2"
}

status_text() {
	fact version
	status_version=$fact
	fact board
	line RpiLive "$status_version, $fact, kernel $(uname -r)"
	line State "$state"
	printf '%s' "$problems" | while read -r problem_severity problem_text; do
		line '' "$(case $problem_severity in 1) printf WARNING ;; *) printf FAILURE ;; esac): $problem_text"
	done
	root_words
	line Root "$root_words"
	line Memory "$((memory_available / 1024)) of $((memory_total / 1024)) MiB available"
	line Changes "$upper_used_kib of $upper_kib KiB, $upper_used_inodes of $upper_inodes files: $upper_percent %"
	if [ -n "$zram_device" ]; then
		hundredths "$zram_ratio"
		line Swap "$((zram_used_kib / 1024)) of $((zram_size_kib / 1024)) MiB on $zram_device, $zram_algorithm, $((zram_data_kib / 1024)) MiB in $((zram_memory_kib / 1024)) MiB of RAM (${hundredths}x)"
	fi
	for store_name in $stores; do
		read_store "$store_name"
		line Store "$store_name $store_kind${store_device:+ on $store_device}: $store_state${store_reason:+ ($store_reason)}${store_free_kib:+, $((store_free_kib / 1024)) of $((store_total_kib / 1024)) MiB free}"
	done
	if [ -r "$STATE/keep" ]; then
		while IFS=: read -r keep_state keep_mode keep_store keep_real keep_directory keep_reason; do
			: "$keep_real"
			keep_mode_name "$keep_mode"
			line Keep "$keep_directory $keep_mode${keep_store:+ in $keep_store}: $keep_state${keep_reason:+ ($keep_reason)}"
		done <"$STATE/keep"
	fi
	for disk_name in $disks; do
		written_bytes "$disk_name" || continue
		line Written "$written_bytes bytes to $disk_name since the start"
	done
}

# root_words: sets root_words
root_words() {
	fact squashfs_bytes
	root_words="$((${fact:-0} / 1048576)) MiB"
	fact root_mode
	case $fact in
		Ram) root_words="in RAM ($root_words)" ;;
		*) root_words="read from the medium ($root_words), which must stay in" ;;
	esac
	fact root_reason
	root_words="$root_words${fact:+: $fact}"
}

motd() {
	judge
	fact root_mode
	case $fact in Ram) motd_text="root in RAM" ;; *) motd_text="root on the medium" ;; esac
	fact squashfs_bytes
	motd_text="$motd_text ($((${fact:-0} / 1048576)) MiB), $upper_percent % of $((upper_kib / 1024)) MiB for changes used"
	if [ -n "$zram_device" ]; then
		hundredths "$zram_ratio"
		motd_text="$motd_text, zram $((zram_used_kib / 1024)) of $((zram_size_kib / 1024)) MiB (${hundredths}x)"
	fi
	fact medium_disk
	if written_bytes "$fact"; then motd_text="$motd_text, card written: $written_bytes bytes"; fi
	[ "$worst" = 0 ] || motd_text="$motd_text, $(printf %s "$state" | tr '[:lower:]' '[:upper:]'): see rpilive status"
	printf 'RpiLive: %s\n' "$motd_text"
}
