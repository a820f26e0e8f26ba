# shellcheck shell=sh
# What is on a block device, and mounting it. TOOLS holds the programs of the image; busybox has namesakes that do less.

# probe_ext DEVICE: label and id out of the superblock of ext2, 3 or 4 (fs/ext4/ext4.h), exact to the byte
probe_ext() {
	[ "$(hex_at "$1" 1080 2)" = 53ef ] || return 1
	probe_type=ext4
	probe_label=$(dd if="$1" bs=1 skip=1144 count=16 2>/dev/null | tr -d '\000')
	probe_uuid=$(hex_at "$1" 1128 16 | sed 's/^\(.\{8\}\)\(.\{4\}\)\(.\{4\}\)\(.\{4\}\)/\1-\2-\3-\4-/')
}

# probe_value KEY: a value of STATE/probe as blkid(8) writes it for udev, with \xHH for bytes that are no plain text
probe_value() {
	printf '%b' "$(sed -n "s/^$1=//p" "$STATE/probe")"
}

# probe DEVICE: sets probe_type, probe_label and probe_uuid; status 1 when there is no file system
probe() {
	probe_type='' probe_label='' probe_uuid=''
	if probe_ext "$1"; then return 0; fi
	if [ -x "$TOOLS/blkid" ]; then
		"$TOOLS/blkid" -p -o udev "$1" >"$STATE/probe" 2>/dev/null || return 1
		probe_type=$(probe_value ID_FS_TYPE) probe_label=$(probe_value ID_FS_LABEL_ENC) probe_uuid=$(probe_value ID_FS_UUID_ENC)
		[ -n "$probe_type" ]
	elif read_fat "$1"; then
		probe_type=vfat probe_label=$fat_label probe_uuid=$fat_volume
	else
		return 1
	fi
}

# has_partitions NAME
has_partitions() {
	for partition_entry in "$SYS/class/block/$1/$1"*; do
		if [ -e "$partition_entry/partition" ]; then return 0; fi
	done
	return 1
}

# is_write_protected NAME: as the kernel has it: a switch on the stick, or a lock of ours
is_write_protected() {
	protected_flag=0
	[ ! -r "$SYS/class/block/$1/ro" ] || read -r protected_flag <"$SYS/class/block/$1/ro"
	[ "$protected_flag" != 0 ]
}

# ext_is_clean FILE: marked as unmounted, without errors and with nothing in the journal to replay (s_state, s_feature_incompat)
ext_is_clean() {
	[ "$(hex_at "$1" 1082 2)" = 0100 ] || return 1
	[ $((0x$(hex_at "$1" 1120 1) & 4)) = 0 ]
}

# mount_volume TYPE DEVICE DIRECTORY ro|rw: a FAT or exFAT volume that holds a container file; nothing on it is for programs
mount_volume() {
	mkdir -p "$3"
	if [ "$1" = exfat ]; then
		mount -t exfat -o "$4,nosuid,nodev,noexec,noatime,errors=remount-ro" "$2" "$3" 2>/dev/null
		return
	fi
	for volume_charset in ascii iso8859-1 utf8; do
		mount -t vfat -o "$4,nosuid,nodev,noexec,noatime,errors=remount-ro,codepage=437,iocharset=$volume_charset" "$2" "$3" 2>/dev/null && return 0
	done
	return 1
}

# space_kib DIRECTORY total|free: of the file system that it is on
space_kib() {
	case $2 in total) space_field=2 ;; *) space_field=4 ;; esac
	df -P -k "$1" 2>/dev/null | tail -n 1 | sed 's/[[:blank:]][[:blank:]]*/ /g' | cut -d ' ' -f "$space_field"
}

# unlock_disk NAME: lets the kernel write to one partition of the boot disk again. The disk itself has to be writable for that;
# the other partitions stay locked.
unlock_disk() {
	blockdev --setrw "$DEV/$(disk_of "$1")" && blockdev --setrw "$DEV/$1"
}
