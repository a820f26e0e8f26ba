# shellcheck shell=sh
# Where the stores are. Sticks come up late, so they are awaited; what is on the boot disk is there or not.

# find_usb NAME: sets usb_found to the devices that are the store, by label or id; status 1 when there is not exactly one
find_usb() {
	usb_found='' usb_count=0
	usb_label=$(store_get "$1" label) usb_uuid=$(store_get "$1" uuid | tr a-f A-F)
	if [ -z "$usb_label$usb_uuid" ]; then return 1; fi
	usb_boot=$(disk_of "$medium_name")
	for usb_name in $(candidates); do
		if [ "$(disk_of "$usb_name")" = "$usb_boot" ] || has_partitions "$usb_name"; then continue; fi
		probe "$DEV/$usb_name" || continue
		if [ -n "$usb_uuid" ]; then
			[ "$(printf '%s' "$probe_uuid" | tr a-f A-F)" = "$usb_uuid" ] || continue
		else
			[ "$probe_label" = "$usb_label" ] || continue
		fi
		usb_count=$((usb_count + 1)) usb_found=$usb_found${usb_found:+ }$usb_name usb_type=$probe_type
	done
	[ "$usb_count" = 1 ]
}

# describe_usb NAME: what is looked for
describe_usb() {
	usb_uuid=$(store_get "$1" uuid)
	if [ -n "$usb_uuid" ]; then
		printf 'a volume with the id %s' "$usb_uuid"
	else
		printf "a volume with the label '%s'" "$(store_get "$1" label)"
	fi
}

# find_partition: sets partition_name to partition 2 of the boot disk; else status 1 and partition_fault
find_partition() {
	partition_disk=$(disk_of "$medium_name") partition_name=
	for partition_entry in "$SYS/class/block/$partition_disk/$partition_disk"*; do
		partition_number=
		[ ! -r "$partition_entry/partition" ] || read -r partition_number <"$partition_entry/partition"
		[ "$partition_number" != 2 ] || partition_name=${partition_entry##*/}
	done
	partition_fault="the boot disk $partition_disk has no partition 2"
	[ -n "$partition_name" ] || return 1
	# Its type stands at 466 of the partition table.
	partition_fault="partition 2 of the boot disk is no Linux partition with an ext4 file system labelled RPILIVE"
	probe_label=
	[ "$(hex_at "$DEV/$partition_disk" 466 1)" = 83 ] && probe_ext "$DEV/$partition_name" && [ "$probe_label" = RPILIVE ]
}

# directories_of NAME: what the settings keep in a store, for messages
directories_of() {
	directories_text=
	if [ -s "$STATE/conf/rules" ]; then
		while IFS=: read -r directories_path directories_mode directories_store directories_rest; do
			: "$directories_mode$directories_rest"
			[ "$directories_store" != "$1" ] || directories_text=$directories_text${directories_text:+, }$directories_path
		done <"$STATE/conf/rules"
	fi
	printf '%s' "${directories_text:-nothing by the settings}"
}

# store_failed NAME STATE REASON: what the store's policy says. Where it goes on, the image's own directories are seen, in RAM,
# and that is said aloud.
store_failed() {
	store_set "$1" state "$2"
	store_set "$1" reason "$3"
	case $(store_get "$1" onmissing pristine) in
		pristine) warn "store $1: $3; what changes there is LOST at the next restart: $(directories_of "$1")" ;;
		*) fail "store $1: $3; rpilive.persistence=off or a file live/nokeep on the boot volume starts without stores" ;;
	esac
}

# usb_missing NAME SECONDS
usb_missing() {
	if [ "$usb_count" -gt 1 ]; then
		store_failed "$1" Ambiguous "$(describe_usb "$1") is there $usb_count times: $usb_found"
	else
		store_failed "$1" Missing "$(describe_usb "$1") did not appear in $2 s"
	fi
}

# wait_for_stores: until each store on a stick is found or its time is over
wait_for_stores() {
	wait_pending=
	for wait_name in $(store_names); do
		[ "$(store_get "$wait_name" kind)" != usb ] || wait_pending="$wait_pending $wait_name"
	done
	wait_start=$(uptime_seconds) wait_told=-27 wait_settled=
	while [ -n "$wait_pending" ]; do
		wait_time=$(($(uptime_seconds) - wait_start)) wait_left=
		for wait_name in $wait_pending; do
			if find_usb "$wait_name"; then
				# Its twin may be a moment behind.
				[ "$wait_settled" = "$usb_found" ] || settle
				wait_settled=$usb_found
				if find_usb "$wait_name"; then
					store_set "$wait_name" device "$usb_found"
					store_set "$wait_name" type "$usb_type"
					store_set "$wait_name" waited "$wait_time"
					continue
				fi
			fi
			if [ "$(store_get "$wait_name" onmissing pristine)" != wait ] && [ "$wait_time" -ge "$(store_get "$wait_name" timeout 30)" ]; then
				store_set "$wait_name" waited "$wait_time"
				usb_missing "$wait_name" "$wait_time"
				continue
			fi
			wait_left="$wait_left $wait_name"
			if [ "$wait_time" -ge $((wait_told + 30)) ]; then
				wait_said=yes
				if [ "$usb_count" -gt 1 ]; then
					show "waiting for store $wait_name: $(describe_usb "$wait_name") is there $usb_count times: $usb_found"
				else
					show "waiting for store $wait_name: $(describe_usb "$wait_name")"
				fi
			fi
		done
		if [ -n "${wait_said:-}" ]; then wait_told=$wait_time wait_said=''; fi
		wait_pending=$wait_left
		[ -n "$wait_pending" ] || break
		nap
		coldplug
	done
}

# settle: a second for what is plugged in at the same time
settle() {
	for settle_turn in 1 2 3 4 5; do
		: "$settle_turn"
		nap
	done
	coldplug
}
