# shellcheck shell=sh
# Disks and stores: what was written, and whether what keeps data still does.

# written_bytes DISK: sets read_bytes and written_bytes since the kernel saw the disk (Documentation/admin-guide/iostats.rst; sectors of 512)
written_bytes() {
	read_bytes=0 written_bytes=0
	[ -r "$SYS/block/$1/stat" ] || return 1
	# shellcheck disable=SC2034 # the others are there to be passed over
	read -r stat_reads stat_merged stat_read stat_time stat_writes stat_merges stat_written stat_rest <"$SYS/block/$1/stat"
	read_bytes=$((stat_read * 512)) written_bytes=$((stat_written * 512))
}

# list_disks: sets disks to the names of those that are no part of this live system
list_disks() {
	disks=
	for disk_entry in "$SYS"/block/*; do
		case ${disk_entry##*/} in
			loop* | ram* | zram* | '*') ;;
			*) disks="$disks ${disk_entry##*/}" ;;
		esac
	done
}

# list_stores: sets stores
list_stores() {
	stores=
	for store_entry in "$STATE"/conf/stores/*/kind; do
		[ -e "$store_entry" ] || continue
		store_entry=${store_entry%/kind}
		stores="$stores ${store_entry##*/}"
	done
}

# store_get NAME PROPERTY: sets store_value
store_get() {
	store_value=
	[ ! -r "$STATE/conf/stores/$1/$2" ] || IFS= read -r store_value <"$STATE/conf/stores/$1/$2"
}

# mount_state PATH: sets mount_state to rw, ro or nothing. From Linux 6.12 on a mount stays rw after an error that stops ext4: later
# kernels say emergency_ro behind, all of them count the error (fs/ext4/super.c, Documentation/ABI/testing/sysfs-fs-ext4).
mount_state() {
	mount_state='' mount_device=
	while read -r mount_source mount_point mount_type mount_options mount_rest; do
		: "$mount_type $mount_rest"
		[ "$mount_point" = "$1" ] || continue
		mount_device=${mount_source##*/}
		case ,$mount_options, in
			*,emergency_ro,* | *,shutdown,*) mount_state=ro ;;
			*) mount_state=${mount_options%%,*} ;;
		esac
	done <"$PROC/mounts"
	mount_errors=0
	[ ! -r "$SYS/fs/ext4/$mount_device/errors_count" ] || read -r mount_errors <"$SYS/fs/ext4/$mount_device/errors_count"
	if [ "$mount_state" = rw ] && [ "$mount_errors" != 0 ]; then mount_state=ro; fi
}

# read_store NAME: sets store_kind, store_state (as the boot left it, or Lost by now), store_reason, store_device, store_free_kib and
# store_total_kib (empty where this user cannot see them)
read_store() {
	store_get "$1" kind
	case $store_value in usb) store_kind=Usb ;; partition) store_kind=Partition ;; *) store_kind=Folder ;; esac
	store_get "$1" reason
	store_reason=$store_value
	store_get "$1" device
	store_device=$store_value
	store_get "$1" state
	store_state=$store_value store_free_kib='' store_total_kib=''
	case $store_state in Mounted | ReadOnly) ;; *) return 0 ;; esac
	mount_state "$STATE/stores/$1"
	if [ -n "$store_device" ] && [ ! -e "$SYS/class/block/$store_device" ]; then
		store_state=Lost store_reason="$store_device is gone"
	elif [ -z "$mount_state" ]; then
		store_state=Lost store_reason="it is not mounted any more"
	elif [ "$store_state-$mount_state" = Mounted-ro ]; then
		store_state=Lost store_reason="the kernel lets nobody write to it any more, after errors"
	fi
	# shellcheck disable=SC2046 # words
	set -- $(stat -f -c '%b %a %S' "$STATE/stores/$1" 2>/dev/null)
	[ $# != 3 ] || store_total_kib=$(($1 * $3 / 1024)) store_free_kib=$(($2 * $3 / 1024))
}

judge_stores() {
	for judged_name in $stores; do
		read_store "$judged_name"
		[ "$store_state" != Lost ] || problem 2 "store $judged_name: $store_reason; what changes is LOST at the next restart"
	done
}

# judge_medium: nothing may write to the boot medium unless a store lies on it
judge_medium() {
	fact medium_disk
	written_bytes "$fact" && [ "$written_bytes" -gt 0 ] || return 0
	for medium_store in $stores; do
		store_get "$medium_store" kind
		[ "$store_value" = usb ] || return 0
	done
	problem 1 "the boot medium $fact was written to ($written_bytes bytes), although nothing is kept on it"
}
