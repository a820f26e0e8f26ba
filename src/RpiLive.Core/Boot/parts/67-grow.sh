# shellcheck shell=sh
# A store partition that fills the card: the entry of the partition table first, in one sector; then the file system while it is
# mounted, which the kernel journals. A power cut between leaves the rest for the next boot.

# little_endian NUMBER: four bytes as hex, lowest first
little_endian() {
	printf '%08x' "$1" | sed 's/\(..\)\(..\)\(..\)\(..\)/\4\3\2\1/'
}

# from_little_endian HEX
from_little_endian() {
	printf '%d' "0x$(printf '%s' "$1" | sed 's/\(..\)\(..\)\(..\)\(..\)/\4\3\2\1/')"
}

# hex_bytes HEX: as bytes
hex_bytes() {
	for hex_byte in $(printf '%s' "$1" | sed 's/../& /g'); do
		# shellcheck disable=SC2059 # the format is an octal escape
		printf "\\$(printf '%03o' "0x$hex_byte")"
	done
}

# grown_sectors DISK: sectors that partition 2 can have, when that is more than it has; status 1 when there is nothing to do.
# Sets grown_start. Entry 2 of the table is at 462, start and length at 8 and 12 of an entry.
grown_sectors() {
	grown_start=$(from_little_endian "$(hex_at "$DEV/$1" 470 4)")
	grown_length=$(from_little_endian "$(hex_at "$DEV/$1" 474 4)")
	[ "$(hex_at "$DEV/$1" 510 2)" = 55aa ] && [ "$(hex_at "$DEV/$1" 466 1)" = 83 ] || return 1
	[ "$(hex_at "$DEV/$1" 482 1)$(hex_at "$DEV/$1" 498 1)" = 0000 ] || return 1
	grown_disk=0
	[ ! -r "$SYS/class/block/$1/size" ] || read -r grown_disk <"$SYS/class/block/$1/size"
	[ "$grown_disk" -le 4294967295 ] || grown_disk=4294967295
	grown_new=$(((grown_disk - grown_start) / 2048 * 2048))
	[ "$grown_new" -gt $((grown_length + 2048)) ] || return 1
	printf '%s' "$grown_new"
}

# grow_partition DISK NAME
grow_partition() {
	grow_sectors=$(grown_sectors "$1") || return 0
	dd if="$DEV/$1" of="$STATE/table" bs=512 count=1 2>/dev/null || return 0
	{
		dd if="$STATE/table" bs=1 count=467 2>/dev/null
		# The last cylinder as it is written for what cylinders cannot say.
		hex_bytes feffff
		dd if="$STATE/table" bs=1 skip=470 count=4 2>/dev/null
		hex_bytes "$(little_endian "$grow_sectors")"
		dd if="$STATE/table" bs=1 skip=478 2>/dev/null
	} >"$STATE/table.new"
	if [ "$(stat -c %s "$STATE/table.new")" != 512 ] ||
		! dd if="$STATE/table.new" of="$DEV/$1" bs=512 count=1 conv=notrunc,fsync 2>/dev/null; then
		warn "the partition table of $1 cannot be written; the store partition keeps its size"
		return 0
	fi
	say "the store partition grows to $((grow_sectors / 2048)) MiB"
	# While the boot volume is in use the kernel keeps the old table; the next boot goes on from there.
	if blockdev --rereadpt "$DEV/$1" 2>/dev/null; then
		for grow_turn in 1 2 3 4 5 6 7 8 9 10; do
			: "$grow_turn"
			[ ! -e "$DEV/$2" ] || break
			nap
		done
		lock_medium
		unlock_disk "$2"
	fi
}

# ext_kib FILE: size of the file system (s_blocks_count_lo, s_log_block_size)
ext_kib() {
	printf '%s' "$(($(from_little_endian "$(hex_at "$1" 1028 4)") << $(from_little_endian "$(hex_at "$1" 1048 4)")))"
}

# grow_file_system NAME PARTITION: to the partition's size, when that is at least 16 MiB more
grow_file_system() {
	grow_partition_sectors=0
	[ ! -r "$SYS/class/block/$2/size" ] || read -r grow_partition_sectors <"$SYS/class/block/$2/size"
	[ $((grow_partition_sectors / 2)) -ge $(($(ext_kib "$DEV/$2") + 16384)) ] || return 0
	if [ ! -x "$TOOLS/resize2fs" ]; then
		warn "store $1 cannot grow: this image has no resize2fs"
	elif ! "$TOOLS/resize2fs" "$DEV/$2" >"$STATE/resize.$1" 2>&1; then
		warn "store $1 did not grow: $(tail -n 1 "$STATE/resize.$1")"
	fi
}
