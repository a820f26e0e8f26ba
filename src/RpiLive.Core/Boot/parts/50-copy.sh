# shellcheck shell=sh
# The live root to its place: copied to RAM or left on the medium, checked against its SHA-256.

squashfs_sha256='' squashfs_verified=false

# expected_sha256 FILE: the sum that stands in a file as sha256sum writes it
expected_sha256() {
	[ -r "$1" ] || return 1
	read -r expected_sum expected_rest <"$1" || [ -n "$expected_sum" ] || return 1
	: "${expected_rest:=}"
	case $expected_sum in *[!0-9a-f]*) return 1 ;; esac
	[ "${#expected_sum}" = 64 ] || return 1
	printf '%s' "$expected_sum"
}

# wants_verify: in Auto mode the check runs beside the copy and costs nothing; reading all of a medium for it would
wants_verify() {
	case $opt_verify in
		yes) return 0 ;;
		no) return 1 ;;
		*) [ "$root_mode" = Ram ] ;;
	esac
}

# A tmpfs would be swapped to zram, which compressed data only fills; noswap came with Linux 6.4, ramfs never swaps.
mount_ram() {
	mkdir -p "$STATE/ram"
	mount -t tmpfs -o "mode=0755,noswap,size=$(($1 / 1024 + 1024))k" rpilive-root "$STATE/ram" 2>/dev/null ||
		mount -t ramfs -o mode=0755 rpilive-root "$STATE/ram" ||
		fail "cannot mount a file system in RAM"
}

# file_mib FILE: whole MiB that are there
file_mib() {
	file_bytes=$(stat -c %s "$1" 2>/dev/null) || file_bytes=0
	printf '%s' "$((file_bytes / 1048576))"
}

# stream_growing FILE BYTES: writes the content of a file that still grows, until STATE/copy.status says that it is whole
stream_growing() {
	stream_done=0 stream_total=$((($2 + 1048575) / 1048576))
	while [ "$stream_done" -lt "$stream_total" ]; do
		if [ -s "$STATE/copy.status" ]; then stream_ready=$stream_total; else stream_ready=$(file_mib "$1"); fi
		if [ "$stream_ready" -gt "$stream_done" ]; then
			dd if="$1" bs=1M skip="$stream_done" count=$((stream_ready - stream_done)) 2>/dev/null || return 1
			stream_done=$stream_ready
		else
			nap
		fi
	done
}

# copy_and_sum SOURCE TARGET BYTES: copies with progress; sets copy_sum unless no check is wanted.
# The sum is taken of what arrived in RAM, on another core, so the medium is read once.
copy_and_sum() {
	rm -f "$STATE/copy.status" "$STATE/copy.sum"
	{
		dd if="$1" of="$2" bs=1M 2>"$STATE/copy.errors"
		printf '%s\n' "$?" >"$STATE/copy.status"
	} &
	if wants_verify; then
		stream_growing "$2" "$3" | sha256sum >"$STATE/copy.sum" &
	fi
	copy_step=0
	while [ ! -s "$STATE/copy.status" ]; do
		nap
		copy_percent=$(($(file_mib "$2") * 104857600 / $3))
		if [ "$copy_percent" -ge $((copy_step + 10)) ]; then
			copy_step=$((copy_percent / 10 * 10))
			say "copying root to RAM: $copy_step %"
		fi
	done
	mark_step copy
	wait
	read -r copy_status <"$STATE/copy.status"
	[ "$copy_status" = 0 ] || fail "copying to RAM failed: $(tail -n 1 "$STATE/copy.errors")"
	[ "$(stat -c %s "$2")" = "$3" ] || fail "copying to RAM failed: $(stat -c %s "$2") bytes arrived of $3"
	copy_sum=
	[ ! -s "$STATE/copy.sum" ] || read -r copy_sum copy_rest <"$STATE/copy.sum"
	: "${copy_rest:=}"
}

# place_root: sets squashfs_file to where the root is from now on
place_root() {
	if wants_verify; then
		squashfs_sha256=$(expected_sha256 "$squashfs_file.sha256") ||
			fail "live/root.squashfs.sha256 is missing or damaged; rpilive.verify=no starts without the check"
	fi
	place_start=$(uptime_seconds)
	if [ "$root_mode" = Ram ]; then
		say "copying root to RAM: $((squashfs_bytes / 1048576)) MiB"
		mount_ram "$squashfs_bytes"
		copy_and_sum "$squashfs_file" "$STATE/ram/root.squashfs" "$squashfs_bytes"
		squashfs_file=$STATE/ram/root.squashfs
		mount -o remount,ro "$STATE/ram" || warn "the root in RAM stays writable"
		umount "$STATE/medium" || fail "cannot unmount the boot medium"
	else
		[ "$opt_root" = medium ] || warn "the root stays on the boot medium, which must stay in: $root_reason"
		copy_sum=
		if wants_verify; then
			say "checking the root on the medium"
			copy_sum=$(sha256sum <"$squashfs_file")
			copy_sum=${copy_sum%% *}
		fi
	fi
	if [ -n "$squashfs_sha256" ]; then
		[ "$copy_sum" = "$squashfs_sha256" ] ||
			fail "live/root.squashfs is damaged: its SHA-256 is $copy_sum, not $squashfs_sha256; write the card again"
		squashfs_verified=true
	fi
	mark_step verify
	place_time=$(($(uptime_seconds) - place_start))
	say "root ready in $place_time s ($root_mode, verified: $squashfs_verified)"
	lock_medium
}
