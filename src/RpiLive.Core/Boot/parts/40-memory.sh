# shellcheck shell=sh
# Where the live root goes: to RAM, or read-only from the medium.

root_mode='' root_reason='' low_memory=no

# check_squashfs: sets squashfs_file and squashfs_bytes. Magic and bytes_used stand at 0 and 40 (squashfs_fs.h).
check_squashfs() {
	squashfs_file=$STATE/medium/live/root.squashfs
	squashfs_bytes=$(stat -c %s "$squashfs_file")
	[ "$(hex_at "$squashfs_file" 0 4)" = 68737173 ] || fail "live/root.squashfs is no squashfs file"
	squashfs_used=$(hex_at "$squashfs_file" 40 6 | sed 's/\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)/0x\6\5\4\3\2\1/')
	squashfs_used=$((squashfs_used))
	if [ "$squashfs_used" -le 0 ] || [ "$squashfs_bytes" -lt "$squashfs_used" ]; then
		fail "live/root.squashfs is cut short: it has $squashfs_bytes bytes of $squashfs_used"
	fi
}

# decide_root WISH BYTES AVAILABLE_KIB RESERVE_MIB: sets root_mode (Ram or Medium) and root_reason.
# Status 1 when the root must be in RAM, or else nothing, and does not fit.
decide_root() {
	root_need=$((($2 + 1048575) / 1048576 + $4))
	root_have=$(($3 / 1024))
	memory_available_at_start=$3 low_memory=no
	if [ "$1" = medium ]; then
		root_mode=Medium root_reason="asked for"
		return 0
	fi
	if [ "$root_have" -ge "$root_need" ]; then
		root_mode=Ram root_reason="$root_need MiB with reserve fit in $root_have MiB of available memory"
		return 0
	fi
	low_memory=yes
	root_reason="root $((root_need - $4)) MiB and reserve $4 MiB take $root_need MiB, but $root_have MiB of memory are available, $((root_need - root_have)) MiB too few"
	if [ "$1" = ram ] || [ "$opt_lowmemory" = stop ]; then
		root_mode=''
		root_reason="$root_reason; take a board with more memory or a smaller image, or start once with rpilive.root=medium"
		return 1
	fi
	root_mode=Medium
}
