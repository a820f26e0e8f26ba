# shellcheck shell=sh
# Where the stores are. Sticks come up late, so they are awaited; what is on the boot disk is there or not.

# scan_volumes: what could be a store, into STATE/volumes.list, a line a device: NAME:TYPE:UUID:LABEL. That is any file system on a disk
# that is not the boot disk. A device is read when it shows up, not again while it stays.
scan_volumes() {
	scan_disk=$(disk_of "$medium_name")
	: >"$STATE/volumes.new"
	: >>"$STATE/volumes.list"
	for scan_entry in "$SYS"/class/block/*; do
		scan_name=${scan_entry##*/}
		case $scan_name in
			loop* | ram* | zram* | dm-* | md* | nbd* | sr* | mtdblock* | mmcblk*boot[0-9]* | mmcblk*rpmb | '*' | "$scan_disk") continue ;;
		esac
		scan_size=0
		[ ! -r "$scan_entry/size" ] || read -r scan_size <"$scan_entry/size"
		if [ "$scan_size" = 0 ] || [ ! -e "$DEV/$scan_name" ] || [ -e "$SYS/class/block/$scan_disk/$scan_name" ] || has_partitions "$scan_name"; then
			continue
		fi
		if grep "^$scan_name:" "$STATE/volumes.list" >>"$STATE/volumes.new"; then continue; fi
		probe "$DEV/$scan_name" || continue
		printf '%s:%s:%s:%s\n' "$scan_name" "$probe_type" "$(printf '%s' "$probe_uuid" | tr a-f A-F)" "$probe_label" >>"$STATE/volumes.new"
	done
	mv "$STATE/volumes.new" "$STATE/volumes.list"
}

# find_usb NAME: sets usb_found to the devices that are the store, by label or id, and usb_type; status 1 when there is not exactly one
find_usb() {
	usb_found='' usb_count=0
	store_get "$1" label
	usb_label=$store_value
	store_get "$1" uuid
	usb_uuid=$store_value
	[ -z "$usb_uuid" ] || usb_uuid=$(printf '%s' "$usb_uuid" | tr a-f A-F)
	[ -n "$usb_label$usb_uuid" ] || return 1
	while IFS=: read -r find_name find_type find_uuid find_label; do
		if [ -n "$usb_uuid" ]; then
			[ "$find_uuid" = "$usb_uuid" ] || continue
		else
			[ "$find_label" = "$usb_label" ] || continue
		fi
		usb_count=$((usb_count + 1)) usb_found=$usb_found${usb_found:+ }$find_name usb_type=$find_type
	done <"$STATE/volumes.list"
	[ "$usb_count" = 1 ]
}

# describe_usb NAME: what is looked for
describe_usb() {
	store_get "$1" uuid
	if [ -n "$store_value" ]; then
		printf 'a volume with the id %s' "$store_value"
	else
		store_get "$1" label
		printf "a volume with the label '%s'" "$store_value"
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
	store_get "$1" onmissing pristine
	case $store_value in
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
	list_stores
	for wait_name in $store_list; do
		store_get "$wait_name" kind
		[ "$store_value" != usb ] || wait_pending="$wait_pending $wait_name"
	done
	wait_start=$(uptime_seconds) wait_told=-27 wait_settled=
	while [ -n "$wait_pending" ]; do
		wait_time=$(($(uptime_seconds) - wait_start)) wait_left='' wait_said=
		scan_volumes
		# The twin of a stick that has just come may be a moment behind.
		if [ "$wait_settled" != "$(cat "$STATE/volumes.list")" ]; then
			settle
			scan_volumes
			wait_settled=$(cat "$STATE/volumes.list")
		fi
		for wait_name in $wait_pending; do
			wait_for_store "$wait_name" || wait_left="$wait_left $wait_name"
		done
		[ -z "$wait_said" ] || wait_told=$wait_time
		wait_pending=$wait_left
		[ -n "$wait_pending" ] || break
		nap
		coldplug
	done
}

# wait_for_store NAME: one look; status 1 while it is to be awaited further
wait_for_store() {
	if find_usb "$1"; then
		store_set "$1" device "$usb_found"
		store_set "$1" type "$usb_type"
		store_set "$1" waited "$wait_time"
		return 0
	fi
	store_get "$1" timeout 30
	wait_limit=$store_value
	store_get "$1" onmissing pristine
	if [ "$store_value" != wait ] && [ "$wait_time" -ge "$wait_limit" ]; then
		store_set "$1" waited "$wait_time"
		usb_missing "$1" "$wait_time"
		return 0
	fi
	if [ "$wait_time" -ge $((wait_told + 30)) ]; then
		wait_said=yes
		if [ "$usb_count" -gt 1 ]; then
			show "waiting for store $1: $(describe_usb "$1") is there $usb_count times: $usb_found"
		else
			show "waiting for store $1: $(describe_usb "$1")"
		fi
	fi
	return 1
}

# settle: a second for what is plugged in at the same time
settle() {
	for settle_turn in 1 2 3 4 5; do
		: "$settle_turn"
		nap
	done
	coldplug
}
