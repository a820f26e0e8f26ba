# shellcheck shell=sh
# The live root: the squashfs below, a tmpfs that takes all writes above.

upper_kib=0 upper_inodes=0

# memory_share SIZE KIB: sets share_kib to a size in KiB that is given in MiB, or in percent of the KiB
memory_share() {
	case $1 in
		*%) share_kib=$(($2 * ${1%\%} / 100)) ;;
		*) share_kib=$(($1 * 1024)) ;;
	esac
}

# limit_upper AVAILABLE_KIB: sets upper_kib and upper_inodes. Percent are of what is available now that the root is in place, so that
# a full upper layer ends in "no space left", not in the kernel killing programs. Each file takes kernel memory that its size does not
# show, so files are counted too: one for 4 KiB, which no usual mixture of files comes near.
limit_upper() {
	memory_share "$opt_upper" "$1"
	upper_kib=$share_kib upper_inodes=$opt_upper_inodes
	if [ -z "$upper_inodes" ]; then
		upper_inodes=$((upper_kib / 4))
		[ "$upper_inodes" -ge 20000 ] || upper_inodes=20000
	fi
}

# mount_root FILE
mount_root() {
	mkdir -p "$STATE/lower" "$STATE/upper" "$ROOT"
	loop_device=$(losetup -f) || fail "no free loop device"
	losetup -r "$loop_device" "$1" || fail "cannot set up $loop_device"
	mount -t squashfs -o ro "$loop_device" "$STATE/lower" ||
		fail "cannot mount live/root.squashfs: damaged, or kernel $(uname -r) does not know its compression"
	limit_upper "$(memory_kib MemAvailable)"
	[ "$upper_kib" -ge 16384 ] || warn "only $((upper_kib / 1024)) MiB of memory are left for what is written"
	mount -t tmpfs -o "mode=0755,size=${upper_kib}k,nr_inodes=$upper_inodes" rpilive-upper "$STATE/upper" || fail "cannot mount the upper layer"
	mkdir "$STATE/upper/root" "$STATE/upper/work"
	# The root directory takes owner and mode from the top of the upper layer.
	chown "$(stat -c %u:%g "$STATE/lower")" "$STATE/upper/root"
	chmod "$(stat -c %a "$STATE/lower")" "$STATE/upper/root"
	root_layers=lowerdir=$STATE/lower,upperdir=$STATE/upper/root,workdir=$STATE/upper/work
	# With these on, the upper layer alone would not show what changed. Kernels before 4.19 know neither.
	mount -t overlay -o "$root_layers,redirect_dir=off,metacopy=off" overlay "$ROOT" 2>/dev/null ||
		mount -t overlay -o "$root_layers" overlay "$ROOT" || fail "cannot mount the overlay"
}
