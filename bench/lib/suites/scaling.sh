# shellcheck shell=bash
# Raw image to live image against mksquashfs at zstd 15 in blocks of 128 KiB: on one thread and on two, then for roots of
# few and many small files, and of large ones.
suite_scaling() {
	local threads
	for threads in 1 2; do
		scale "threads $threads" "$stock" "$root" "$threads"
	done
	if [ -n "$self_test" ]; then
		scale_made "20 small files" --files 20
		return
	fi
	if [ -z "$quick" ]; then
		scale_made "100 small files" --files 100
		scale_made "1000 small files" --files 1000
		scale_made "3 large files" --large 3 --large-mib 256
	fi
	scale_made "10000 small files" --files 10000
}

# scale_made SETTING OPTION…: on an image made for it, with all threads.
scale_made() {
	"$lib/make-stock.py" "$work/made.img" "${@:2}"
	mount_root "$work/made.img" "$work/mount.made"
	warm "$work/made.img" "$work/mount.made"
	scale "$1" "$work/made.img" "$work/mount.made" "$(nproc)"
	umount "$work/mount.made"
	rm "$work/made.img"
}

# scale SETTING STOCK ROOT THREADS
scale() {
	for ((run = 1; run <= runs; run++)); do
		by_rpilive "$2" "$work/live.img" "$(rpilive_setting zstd 15 128K) -ThrottleLimit $4"
		measure scaling "$1" rpilive "$run" "$work/live.img" "${argv[@]}"
		by_mksquashfs "$3" "$work/peer.squashfs" zstd 15 128K -processors "$4"
		measure scaling "$1" mksquashfs "$run" "$work/peer.squashfs" "${argv[@]}"
		[ "$run" -gt 1 ] || verify "scaling $1" "$work/live.img" "$work/peer.squashfs"
	done
	rm -f "$work/live.img" "$work/peer.squashfs"
}
