# shellcheck shell=sh
# Swap on zram: compressed memory. Set up before the root starts, so that no service sees a system without it. Nothing here stops a
# boot: a system without swap is better than none. (Documentation/admin-guide/blockdev/zram.rst)

zram_state=Off zram_reason='' zram_device='' zram_kib=0 zram_algorithm='' zram_limit_kib=0 zram_priority='' zram_swappiness=''

# write_value FILE TEXT
write_value() {
	{ printf '%s\n' "$2" >"$1"; } 2>/dev/null
}

setup_zram() {
	zram_state=Off zram_reason='' zram_device='' zram_kib=0 zram_algorithm='' zram_limit_kib=0 zram_priority='' zram_swappiness=''
	[ "$opt_zram" != off ] || return 0
	zram_state=Failed
	if make_zram && swap_on_zram; then
		zram_state=Active zram_reason=
		tune_swap
		say "swap on $zram_device: $((zram_kib / 1024)) MiB, $zram_algorithm"
	else
		warn "there is no swap on zram: $zram_reason"
		# What it had taken of the memory goes back.
		[ -z "$zram_device" ] || write_value "$SYS/block/$zram_device/reset" 1
		zram_device='' zram_algorithm='' zram_kib=0 zram_limit_kib=0 zram_priority=
	fi
}

# find_zram: sets zram_device to one that nobody has set up
find_zram() {
	modprobe -q zram 2>/dev/null
	for zram_entry in "$SYS"/block/zram*; do
		[ -r "$zram_entry/disksize" ] || continue
		read -r zram_size <"$zram_entry/disksize"
		if [ "$zram_size" = 0 ]; then
			zram_device=${zram_entry##*/}
			return 0
		fi
	done
	zram_number=
	[ ! -r "$SYS/class/zram-control/hot_add" ] || read -r zram_number <"$SYS/class/zram-control/hot_add"
	if ! is_number "$zram_number" 0 1048575 || [ ! -e "$SYS/block/zram$zram_number" ]; then return 1; fi
	zram_device=zram$zram_number
}

# chosen_algorithm: sets zram_algorithm to the one in brackets
chosen_algorithm() {
	zram_algorithm=
	[ ! -r "$SYS/block/$zram_device/comp_algorithm" ] || IFS= read -r zram_algorithm <"$SYS/block/$zram_device/comp_algorithm"
	zram_algorithm=${zram_algorithm#*\[}
	zram_algorithm=${zram_algorithm%%\]*}
}

# choose_algorithm: the one that is asked for. Up to Linux 6.11 zram takes any compressor of the kernel's crypto modules, listed or not.
choose_algorithm() {
	chosen_algorithm
	zram_default=$zram_algorithm
	[ -n "$opt_zram_algorithm" ] && [ "$zram_algorithm" != "$opt_zram_algorithm" ] || return 0
	modprobe -q "$opt_zram_algorithm" 2>/dev/null
	write_value "$SYS/block/$zram_device/comp_algorithm" "$opt_zram_algorithm"
	chosen_algorithm
	[ "$zram_algorithm" = "$opt_zram_algorithm" ] || warn "zram of kernel $(uname -r) does not know $opt_zram_algorithm, so it compresses with $zram_algorithm"
}

# make_zram: a device of the size asked for; status 1 and zram_reason where there is none
make_zram() {
	zram_reason="kernel $(uname -r) has none"
	find_zram || return 1
	choose_algorithm
	memory_total=$(memory_kib MemTotal)
	memory_share "$opt_zram" "$memory_total"
	zram_kib=$share_kib
	zram_reason="$zram_device does not take the size of $zram_kib KiB"
	size_zram || return 1
	[ -n "$opt_zram_limit" ] || return 0
	memory_share "$opt_zram_limit" "$memory_total"
	if write_value "$SYS/block/$zram_device/mem_limit" "$((share_kib * 1024))"; then
		zram_limit_kib=$share_kib
	else
		warn "$zram_device takes no memory limit"
	fi
}

# size_zram: an algorithm can be listed whose module is not there, which shows only now
size_zram() {
	if write_value "$SYS/block/$zram_device/disksize" "$((zram_kib * 1024))"; then return 0; fi
	[ "$zram_algorithm" != "$zram_default" ] || return 1
	write_value "$SYS/block/$zram_device/comp_algorithm" "$zram_default"
	write_value "$SYS/block/$zram_device/disksize" "$((zram_kib * 1024))" || return 1
	warn "zram of kernel $(uname -r) cannot start $zram_algorithm, so it compresses with $zram_default"
	zram_algorithm=$zram_default
}

# swap_on_zram: status 1 and zram_reason where the kernel does not swap on it
swap_on_zram() {
	zram_reason="mkswap of $zram_device failed"
	mkswap "$DEV/$zram_device" >/dev/null 2>&1 || run_in_root /sbin/mkswap "/dev/$zram_device" || return 1
	zram_reason="$zram_device cannot be used as swap"
	if [ "$opt_zram_priority" = -1 ] || ! swap_on_with_priority; then
		swapon "$DEV/$zram_device" >/dev/null 2>&1 || run_in_root /sbin/swapon "/dev/$zram_device" || return 1
		[ "$opt_zram_priority" = -1 ] || warn "swap on $zram_device has the kernel's priority, not $opt_zram_priority"
	fi
	zram_reason="the kernel does not list $zram_device among its swaps"
	is_swap "$zram_device"
}

# is_swap NAME: sets zram_priority to the one that the kernel says
is_swap() {
	while read -r swap_path swap_type swap_size swap_used zram_priority; do
		: "$swap_type$swap_size$swap_used"
		[ "${swap_path##*/}" != "$1" ] || return 0
	done <"$PROC/swaps"
	return 1
}

# swap_on_with_priority: busybox of Debian knows no -p
swap_on_with_priority() {
	swapon -p "$opt_zram_priority" "$DEV/$zram_device" >/dev/null 2>&1 || run_in_root /sbin/swapon -p "$opt_zram_priority" "/dev/$zram_device"
}

# run_in_root PROGRAM ARGUMENTS: the live root's own, for what busybox lacks. DEV moves there meanwhile: a bind mount would be in use by
# the swap for ever.
run_in_root() {
	is_real_directory "$ROOT/dev" && mount --move "$DEV" "$ROOT/dev" 2>/dev/null || return 1
	chroot "$ROOT" "$@" >/dev/null 2>&1
	run_status=$?
	mount --move "$ROOT/dev" "$DEV" || fail "cannot move $DEV back"
	return "$run_status"
}

# tune_swap: what suits swap that costs no disk access. The file puts it back where settings of the image are read later.
tune_swap() {
	# zswap in front of it would compress twice.
	write_value "$SYS/module/zswap/parameters/enabled" N
	mkdir -p "$RUN/sysctl.d"
	for tune_pair in "swappiness $opt_zram_swappiness" "page-cluster $opt_zram_pagecluster" \
		"watermark_boost_factor $opt_zram_watermarkboost" "watermark_scale_factor $opt_zram_watermarkscale"; do
		tune_name=${tune_pair% *} tune_value=${tune_pair#* }
		if ! write_value "$PROC/sys/vm/$tune_name" "$tune_value"; then
			# Over 100 came with Linux 5.8.
			[ "$tune_name" = swappiness ] || continue
			tune_value=100
			write_value "$PROC/sys/vm/swappiness" 100 || continue
		fi
		[ "$tune_name" != swappiness ] || zram_swappiness=$tune_value
		printf 'vm.%s=%s\n' "$tune_name" "$tune_value"
	done >"$RUN/sysctl.d/zzz-rpilive.conf"
}

# end_thrashing: without swap a board that runs out of memory unpacks the same blocks of the root over and over, as if it hung. Let the
# kernel end the largest program instead, when it cannot keep what was used within a second (Documentation/admin-guide/mm/multigen_lru.rst,
# Linux 6.1; older ones have no such switch).
end_thrashing() {
	[ "$zram_state" != Active ] || return 0
	if write_value "$SYS/kernel/mm/lru_gen/enabled" y; then write_value "$SYS/kernel/mm/lru_gen/min_ttl_ms" 1000; fi
	return 0
}
