# shellcheck shell=sh
# Checks and mounts the stores: this part alone mounts disks for writing. A store is ext4, on a device or in a container file; it
# is mounted at STATE/stores/NAME, where only root gets in.

CONTAINER=rpilive-keep.img FOLDER_CONTAINER=live/keep/store.ext4

# check_store NAME FILE WRITABLE: sets check_fault and status 1 when it must not be mounted
check_store() {
	check_fault='' check_result=Skipped
	if ! probe_ext "$2"; then
		check_fault="it holds no ext4 file system"
	elif [ "$3" = yes ] && [ -x "$TOOLS/e2fsck" ]; then
		"$TOOLS/e2fsck" -p "$2" >"$STATE/fsck.$1" 2>&1
		case $? in
			0) check_result=Clean ;;
			1) check_result=Repaired ;;
			*)
				check_result=Unrepaired
				check_fault="its file system is damaged, and e2fsck -p cannot repair it; nothing was mounted"
				;;
		esac
	elif ! ext_is_clean "$2"; then
		check_fault="it was not unmounted cleanly, and cannot be checked here; nothing was mounted"
	fi
	store_set "$1" fsck "$check_result"
	[ "$check_result" != Repaired ] || say "store $1 was repaired"
	[ -z "$check_fault" ]
}

# mount_store NAME FILE WRITABLE: the file system itself
mount_store() {
	mkdir -p "$STATE/stores/$1"
	chmod 700 "$STATE/stores"
	if [ "$3" = yes ]; then
		store_get "$1" flush
		# dioread_lock: with the default since Linux 5.6 data no longer goes before the journal's commit, and a file that was written
		# anew and renamed over the old one can be full of zeros after a power cut.
		mount_options=rw,noatime,errors=remount-ro,dioread_lock${store_value:+,commit=$store_value}
	else
		# Without noload the kernel would replay the journal, which is a write.
		mount_options=ro,noload
	fi
	mount -t ext4 -o "$mount_options" "$2" "$STATE/stores/$1" 2>/dev/null
}

# is_real_directory PATH: no symbolic link that leads elsewhere
is_real_directory() {
	[ -d "$1" ] && [ ! -L "$1" ]
}

# enter_store NAME WRITABLE: our directory on it; status 1 and store_fault when the store cannot be ours
enter_store() {
	enter_home=$STATE/stores/$1/rpilive
	if [ -e "$enter_home" ] || [ -L "$enter_home" ]; then
		store_fault="rpilive on it is no directory"
		is_real_directory "$enter_home" || return 1
		enter_format=
		[ ! -r "$enter_home/format" ] || read -r enter_format <"$enter_home/format"
		store_fault="it was made by a later version (format '$enter_format')"
		case $enter_format in 1) return 0 ;; '') ;; *) return 1 ;; esac
	fi
	[ "$2" = yes ] || return 0
	store_fault="it cannot be written"
	mkdir -p "$enter_home" && chmod 755 "$enter_home" && printf '1\n' >"$enter_home/format" && sync
}

# use_store NAME FILE WRITABLE REASON: check, mount, look; REASON is why it is not writable
use_store() {
	if ! check_store "$1" "$2" "$3"; then
		store_fault=$check_fault
		return 1
	fi
	store_fault="its file system cannot be mounted"
	mount_store "$1" "$2" "$3" || return 1
	if ! enter_store "$1" "$3"; then
		umount "$STATE/stores/$1"
		return 1
	fi
	if [ "$3" = yes ]; then
		store_set "$1" state Mounted
	else
		store_set "$1" state ReadOnly
		store_set "$1" reason "$4"
	fi
	store_get "$1" device
	say "store $1 is on $store_value (writable: $3, check: $check_result)"
}

# decide_writable NAME DEVICE: sets store_writable and store_reason. A stick that was to be written and cannot is no store for
# stop and wait; else what it keeps is seen, and changes stay in RAM. Status 1 when it cannot be used at all.
decide_writable() {
	store_writable=yes store_reason=
	store_get "$1" readonly no
	if [ "$store_value" = yes ]; then
		store_writable=no store_reason="asked for"
	elif is_write_protected "$2"; then
		store_writable=no store_reason="$2 is write-protected"
		store_fault=$store_reason
		store_get "$1" onmissing pristine
		[ "$store_value" = pristine ] || return 1
		warn "store $1: $store_reason; what is kept is shown, but what changes is LOST at the next restart: $(directories_of "$1")"
	fi
}

# open_usb NAME: status 1 and store_fault when it cannot be used
open_usb() {
	store_get "$1" device
	usb_device=$store_value
	decide_writable "$1" "$usb_device" || return 1
	store_get "$1" type
	case $store_value in
		ext*) use_store "$1" "$DEV/$usb_device" "$store_writable" "$store_reason" ;;
		vfat | exfat) open_container "$1" "$usb_device" "$store_value" ;;
		*)
			store_fault="$usb_device holds $store_value, which cannot be a store; format it as ext4, FAT32 or exFAT"
			return 1
			;;
	esac
}

# open_container NAME DEVICE TYPE: the container file on a FAT or exFAT stick, made if there is none
open_container() {
	container_volume=$STATE/volumes/$1
	case $store_writable in yes) container_mode=rw ;; *) container_mode=ro ;; esac
	store_set "$1" container true
	store_fault="$2 ($3) cannot be mounted"
	mount_volume "$3" "$DEV/$2" "$container_volume" "$container_mode" || return 1
	if { [ -f "$container_volume/$CONTAINER" ] || make_container "$1" "$container_volume" "$3"; } &&
		use_store "$1" "$container_volume/$CONTAINER" "$store_writable" "$store_reason"; then
		# The loop device keeps the volume; it goes when the store does, in the right order.
		umount -l "$container_volume"
	else
		umount "$container_volume"
		return 1
	fi
}

# container_mib NAME DIRECTORY TYPE: what was asked for, cut to what fits: 5 % stay free, and a file on FAT ends below 4 GiB
container_mib() {
	store_get "$1" size 1024
	container_size=$store_value
	container_free=$(($(space_kib "$2" free) * 95 / 102400))
	[ "$container_size" -le "$container_free" ] || container_size=$container_free
	if [ "$3" = vfat ] && [ "$container_size" -gt 4095 ]; then container_size=4095; fi
	printf '%s' "$container_size"
}

# make_container NAME DIRECTORY TYPE: all of it is allocated now, so that the file system in it can never find the stick full.
# The tables are written now too: loop devices know no other way. It gets its name last, so a power cut leaves none that is half made.
make_container() {
	store_fault="it has no $CONTAINER and cannot be written"
	[ "$store_writable" = yes ] || return 1
	store_fault="it has no $CONTAINER, and this image has no mke2fs to make one"
	[ -x "$TOOLS/mke2fs" ] || return 1
	make_partial=$2/rpilive-keep.partial
	rm -f "$make_partial"
	make_mib=$(container_mib "$1" "$2" "$3")
	store_fault="it has no room for $CONTAINER: $make_mib MiB"
	[ "$make_mib" -ge 8 ] || return 1
	say "store $1: making $CONTAINER, $make_mib MiB"
	make_done=0
	store_fault="$CONTAINER cannot be made"
	while [ "$make_done" -lt "$make_mib" ]; do
		make_step=$((make_mib - make_done))
		[ "$make_step" -le 64 ] || make_step=64
		if ! dd if=/dev/zero of="$make_partial" bs=1M seek="$make_done" count="$make_step" conv=notrunc 2>/dev/null; then
			rm -f "$make_partial"
			return 1
		fi
		make_done=$((make_done + make_step))
		say "store $1: $((make_done * 100 / make_mib)) %"
	done
	if ! "$TOOLS/mke2fs" -q -F -t ext4 -b 4096 -E lazy_itable_init=0 -L RPILIVE "$make_partial" >/dev/null 2>&1; then
		rm -f "$make_partial"
		return 1
	fi
	sync
	mv "$make_partial" "$2/$CONTAINER" && sync
}

# open_partition NAME: partition 2 of the boot disk
open_partition() {
	store_fault=
	if ! find_partition; then
		store_fault=$partition_fault fault_state=Missing
		return 1
	fi
	fault_state=Unusable
	store_set "$1" device "$partition_name"
	store_get "$1" grow no
	partition_grow=$store_value
	store_get "$1" readonly no
	if [ "$store_value" = no ]; then
		unlock_disk "$partition_name"
		[ "$partition_grow" = no ] || grow_partition "$partition_disk" "$partition_name"
	fi
	decide_writable "$1" "$partition_name" || return 1
	use_store "$1" "$DEV/$partition_name" "$store_writable" "$store_reason" || return 1
	if [ "$partition_grow-$store_writable" = yes-yes ]; then grow_file_system "$1" "$partition_name"; fi
}

# open_folder NAME: the container file on the boot volume, the only case in which that is mounted for writing. Where the root is
# read from the medium the volume is mounted already, and one file system cannot be mounted both ways.
open_folder() {
	store_fault="the boot volume has no $FOLDER_CONTAINER" fault_state=Missing
	[ "$medium_has_container" = yes ] || return 1
	fault_state=Unusable
	store_set "$1" container true
	store_set "$1" device "$medium_name"
	store_get "$1" readonly no
	[ "$store_value" = yes ] || unlock_disk "$medium_name"
	decide_writable "$1" "$medium_name" || return 1
	case $store_writable in yes) folder_mode=rw ;; *) folder_mode=ro ;; esac
	folder_volume=$STATE/volumes/$1
	store_fault="the boot volume cannot be mounted"
	if [ "$root_mode" = Medium ]; then
		folder_volume=$STATE/medium
		mount -o "remount,$folder_mode" "$folder_volume" || return 1
	else
		mount_volume vfat "$DEV/$medium_name" "$folder_volume" "$folder_mode" || return 1
	fi
	if use_store "$1" "$folder_volume/$FOLDER_CONTAINER" "$store_writable" "$store_reason"; then
		show_boot_volume "$folder_volume"
		[ "$root_mode" = Medium ] || umount -l "$folder_volume"
	else
		if [ "$root_mode" = Medium ]; then mount -o remount,ro "$folder_volume"; else umount "$folder_volume"; fi
		lock_medium
		return 1
	fi
}

# show_boot_volume DIRECTORY: read-only where the image's fstab would mount it, which the kernel refuses while it is mounted for
# writing elsewhere
show_boot_volume() {
	show_point=$(sed -n 's|^[^#[:blank:]]*[[:blank:]]*\(/boot[a-z/]*\)[[:blank:]]*vfat[[:blank:]].*|\1|p' "$STATE/lower/etc/fstab" 2>/dev/null | head -n 1)
	case $show_point in /boot | /boot/firmware) ;; *) return 0 ;; esac
	is_real_directory "$ROOT$show_point" || return 0
	if mount -o bind "$1" "$ROOT$show_point"; then
		mount -o remount,bind,ro,nosuid,nodev,noexec "$ROOT$show_point" || umount "$ROOT$show_point"
	fi
	case $show_point in /boot) mask_unit boot.automount ;; *) mask_unit boot-firmware.automount ;; esac
}

# mask_unit NAME: for this boot; over what generators and the image say (systemd.unit(5))
mask_unit() {
	mkdir -p "$RUN/systemd/system"
	ln -sf /dev/null "$RUN/systemd/system/$1"
}

# open_stores: all of them, or none when persistence is off
open_stores() {
	list_stores
	if [ "$opt_persistence" = off ]; then
		[ -z "$store_list" ] || warn "persistence is off ($persistence_reason): what changes is LOST at the next restart"
		for open_name in $store_list; do
			store_set "$open_name" state Off
			store_set "$open_name" reason "$persistence_reason"
		done
		return 0
	fi
	wait_for_stores
	for open_name in $store_list; do
		store_get "$open_name" state
		[ -z "$store_value" ] || continue
		fault_state=Unusable store_fault=
		store_get "$open_name" kind
		"open_$store_value" "$open_name" || store_failed "$open_name" "$fault_state" "$store_fault"
	done
}
