# shellcheck shell=sh
# Memory: what is available, what was written takes, and zram.

WARN_PERCENT=80 FAIL_PERCENT=95

# read_memory: sets memory_total and memory_available, in KiB
read_memory() {
	memory_total=0 memory_available=0
	while read -r memory_name memory_value memory_unit; do
		: "$memory_unit"
		case $memory_name in
			MemTotal:) memory_total=$memory_value ;;
			MemAvailable:)
				memory_available=$memory_value
				break
				;;
		esac
	done <"$PROC/meminfo"
}

# percent_of PART WHOLE: sets percent, rounded down, so that 100 is said only of what is full
percent_of() {
	percent=0
	[ "$2" = 0 ] || percent=$(($1 * 100 / $2))
}

# read_upper: sets upper_kib, upper_used_kib, upper_inodes, upper_used_inodes, upper_percent (the fuller of both)
read_upper() {
	upper_kib=0 upper_used_kib=0 upper_inodes=0 upper_used_inodes=0 upper_percent=0
	# Words: blocks, free blocks, block size, inodes, free inodes.
	# shellcheck disable=SC2046
	set -- $(stat -f -c '%b %f %S %c %d' "$STATE/upper" 2>/dev/null)
	[ $# = 5 ] || return 0
	upper_kib=$(($1 * $3 / 1024)) upper_used_kib=$((($1 - $2) * $3 / 1024)) upper_inodes=$4 upper_used_inodes=$(($4 - $5))
	percent_of "$upper_used_inodes" "$upper_inodes"
	upper_percent=$percent
	percent_of "$upper_used_kib" "$upper_kib"
	[ "$percent" -le "$upper_percent" ] || upper_percent=$percent
}

judge_upper() {
	if [ "$upper_percent" -ge "$FAIL_PERCENT" ]; then
		problem 2 "what was written takes $upper_percent % of its room in RAM; delete files or restart"
	elif [ "$upper_percent" -ge "$WARN_PERCENT" ]; then
		problem 1 "what was written takes $upper_percent % of its room in RAM"
	fi
}

# read_zram: sets zram_device (empty for none), zram_active, zram_size_kib, zram_used_kib (of swap), zram_data_kib (before compression),
# zram_memory_kib (all that it takes), zram_priority, zram_algorithm and zram_ratio (in hundredths; 0 for nothing in it)
read_zram() {
	zram_active=false zram_size_kib=0 zram_used_kib=0 zram_data_kib=0 zram_packed_kib=0 zram_memory_kib=0 zram_priority=0 zram_algorithm='' zram_ratio=0
	fact zram_device
	zram_device=$fact
	[ -n "$zram_device" ] || return 0
	while read -r swap_name swap_type swap_size swap_used swap_priority; do
		: "$swap_type"
		if [ "${swap_name##*/}" = "$zram_device" ]; then
			zram_active=true zram_size_kib=$swap_size zram_used_kib=$swap_used zram_priority=$swap_priority
		fi
	done <"$PROC/swaps"
	if [ -r "$SYS/block/$zram_device/mm_stat" ]; then
		read -r zram_data zram_packed zram_memory zram_rest <"$SYS/block/$zram_device/mm_stat"
		: "$zram_rest"
		zram_data_kib=$((zram_data / 1024)) zram_packed_kib=$((zram_packed / 1024)) zram_memory_kib=$((zram_memory / 1024))
		[ "$zram_memory" = 0 ] || zram_ratio=$((zram_data * 100 / zram_memory))
	fi
	[ ! -r "$SYS/block/$zram_device/comp_algorithm" ] || read -r zram_algorithm <"$SYS/block/$zram_device/comp_algorithm"
	zram_algorithm=${zram_algorithm#*\[}
	zram_algorithm=${zram_algorithm%%\]*}
}

judge_zram() {
	[ -z "$zram_device" ] || [ "$zram_active" = true ] || problem 2 "the swap on $zram_device is gone"
}

# hundredths NUMBER: sets hundredths to it as a decimal number
hundredths() {
	hundredths=$(($1 % 100))
	[ "$hundredths" -ge 10 ] || hundredths=0$hundredths
	hundredths=$(($1 / 100)).$hundredths
}
