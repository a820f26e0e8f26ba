# shellcheck shell=sh
# The boot volume: the FAT volume with the id that the builder baked in and live/root.squashfs on it. Always mounted read-only.

medium_name='' medium_label=''

# read_fat DEVICE: sets fat_volume (XXXX-XXXX) and fat_label from the boot sector; status 1 when there is no FAT volume.
# (Microsoft FAT specification 1.03, section 3)
read_fat() {
	dd if="$1" of="$STATE/sector" bs=512 count=1 2>/dev/null || return 1
	[ "$(hex_at "$STATE/sector" 510 2)" = 55aa ] || return 1
	if [ "$(hex_at "$STATE/sector" 82 5)" = 4641543332 ]; then
		fat_offset=67
	elif [ "$(hex_at "$STATE/sector" 54 4)" = 46415431 ]; then
		fat_offset=39
	else
		return 1
	fi
	fat_volume=$(hex_at "$STATE/sector" "$fat_offset" 4 | sed 's/\(..\)\(..\)\(..\)\(..\)/\4\3-\2\1/' | tr a-f A-F)
	fat_label=$(dd if="$STATE/sector" bs=1 skip=$((fat_offset + 4)) count=11 2>/dev/null | tr -cd ' -~' | sed 's/ *$//')
}

# is_boot_volume DEVICE: by the id that the builder baked in
is_boot_volume() {
	read_fat "$1" && [ "$fat_volume" = "$(build_value volume)" ]
}

# device_tree_number NAME: a 32-bit number that the firmware left under /chosen/bootloader, in decimal
device_tree_number() {
	[ -r "$PROC/device-tree/chosen/bootloader/$1" ] || return 1
	device_tree_hex=$(hex_at "$PROC/device-tree/chosen/bootloader/$1" 0 4)
	[ "${#device_tree_hex}" = 8 ] || return 1
	printf '%d' "0x$device_tree_hex"
}

# boot_hint: "KIND PARTITION" of the medium that the firmware booted from (boot-mode: BOOT_ORDER of the Pi documentation)
boot_hint() {
	case $(device_tree_number boot-mode) in
		1) hint_kind=mmcblk ;;
		4 | 5) hint_kind=sd ;;
		6) hint_kind=nvme ;;
		*) return 1 ;;
	esac
	hint_partition=$(device_tree_number partition) || hint_partition=1
	[ "$hint_partition" != 0 ] || hint_partition=1
	printf '%s %s' "$hint_kind" "$hint_partition"
}

# candidates: names of block devices that can hold the boot volume, likeliest first
candidates() {
	hint=$(boot_hint) || hint='none 0'
	for candidate in "$SYS"/class/block/*; do
		candidate_name=${candidate##*/}
		case $candidate_name in
			loop* | ram* | zram* | dm-* | md* | nbd* | sr* | mtdblock* | mmcblk*boot[0-9]* | mmcblk*rpmb | '*') continue ;;
		esac
		candidate_size=0
		[ ! -r "$candidate/size" ] || read -r candidate_size <"$candidate/size"
		if [ "$candidate_size" = 0 ] || [ ! -e "$DEV/$candidate_name" ]; then continue; fi
		candidate_partition=0
		[ ! -r "$candidate/partition" ] || read -r candidate_partition <"$candidate/partition"
		case $candidate_name in
			"${hint% *}"*) if [ "$candidate_partition" = "${hint#* }" ]; then candidate_rank=0; else candidate_rank=1; fi ;;
			mmcblk*) candidate_rank=2 ;;
			nvme*) candidate_rank=3 ;;
			*) candidate_rank=4 ;;
		esac
		printf '%s %s\n' "$candidate_rank" "$candidate_name"
	done | sort | cut -d ' ' -f 2
}

# mount_medium DEVICE. File names are ASCII; which character set modules a kernel has differs.
mount_medium() {
	mkdir -p "$STATE/medium"
	for mount_charset in ascii iso8859-1 utf8; do
		mount -t vfat -o "ro,nosuid,nodev,noexec,codepage=437,iocharset=$mount_charset" "$1" "$STATE/medium" 2>/dev/null && return 0
	done
	return 1
}

# find_medium: mounts the boot volume; sets medium_name and medium_label
find_medium() {
	for find_name in $(candidates); do
		is_boot_volume "$DEV/$find_name" || continue
		if ! mount_medium "$DEV/$find_name"; then
			warn "$find_name has volume id $fat_volume but cannot be mounted"
			continue
		fi
		if [ -f "$STATE/medium/live/root.squashfs" ]; then
			medium_name=$find_name medium_label=$fat_label
			return 0
		fi
		umount "$STATE/medium"
		warn "$find_name has volume id $fat_volume but no live/root.squashfs"
	done
	return 1
}

# warn_of_twins: another card or stick with the same image makes it chance which one runs
warn_of_twins() {
	for twin_name in $(candidates); do
		[ "$twin_name" != "$medium_name" ] || continue
		! is_boot_volume "$DEV/$twin_name" || warn "$twin_name has the same volume id as the boot medium $medium_name"
	done
}

wait_for_medium() {
	wait_start=$(uptime_seconds) wait_told=
	until find_medium; do
		wait_time=$(($(uptime_seconds) - wait_start))
		[ "$wait_time" -lt "$opt_timeout" ] ||
			fail "no volume $(build_value volume) with live/root.squashfs after $wait_time s; block devices: $(candidates | tr '\n' ' ')"
		if [ -z "$wait_told" ] && [ "$wait_time" -ge 3 ]; then
			say "waiting for the boot medium"
			wait_told=yes
		fi
		nap
		coldplug
	done
	say "boot medium $medium_name (${medium_label:-no label})"
	warn_of_twins
}

# disk_of NAME: the whole disk of a partition, or the name itself
disk_of() {
	if [ -r "$SYS/class/block/$1/partition" ]; then
		disk_path=$(readlink -f "$SYS/class/block/$1/..")
		printf '%s' "${disk_path##*/}"
	else
		printf '%s' "$1"
	fi
}

# lock_medium: from here on the kernel refuses any write to the boot disk, whoever asks
lock_medium() {
	lock_disk=$(disk_of "$medium_name")
	for lock_entry in "$SYS/class/block/$lock_disk" "$SYS/class/block/$lock_disk/$lock_disk"*; do
		[ -e "$DEV/${lock_entry##*/}" ] || continue
		blockdev --setro "$DEV/${lock_entry##*/}" || warn "cannot set ${lock_entry##*/} read-only"
	done
}
