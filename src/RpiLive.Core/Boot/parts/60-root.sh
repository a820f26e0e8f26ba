# shellcheck shell=sh
# The live root: the squashfs below, a tmpfs that takes all writes above.

upper_kib=0

# upper_limit SIZE AVAILABLE_KIB: KiB that the upper layer may take. Percent are of what is available now that the root is in
# place, so that a full upper layer ends in "no space left", not in the kernel killing programs.
upper_limit() {
	case $1 in
		*%) printf '%s' "$(($2 * ${1%\%} / 100))" ;;
		*) printf '%s' "$(($1 * 1024))" ;;
	esac
}

# mount_root FILE
mount_root() {
	mkdir -p "$STATE/lower" "$STATE/upper" "$ROOT"
	loop_device=$(losetup -f) || fail "no free loop device"
	losetup -r "$loop_device" "$1" || fail "cannot set up $loop_device"
	mount -t squashfs -o ro "$loop_device" "$STATE/lower" ||
		fail "cannot mount live/root.squashfs: damaged, or kernel $(uname -r) does not know its compression"
	upper_kib=$(upper_limit "$opt_upper" "$(memory_kib MemAvailable)")
	[ "$upper_kib" -ge 16384 ] || warn "only $((upper_kib / 1024)) MiB of memory are left for what is written"
	mount -t tmpfs -o "mode=0755,size=${upper_kib}k" rpilive-upper "$STATE/upper" || fail "cannot mount the upper layer"
	mkdir "$STATE/upper/root" "$STATE/upper/work"
	# The root directory takes owner and mode from the top of the upper layer.
	chown "$(stat -c %u:%g "$STATE/lower")" "$STATE/upper/root"
	chmod "$(stat -c %a "$STATE/lower")" "$STATE/upper/root"
	mount -t overlay -o "lowerdir=$STATE/lower,upperdir=$STATE/upper/root,workdir=$STATE/upper/work" overlay "$ROOT" ||
		fail "cannot mount the overlay"
}
