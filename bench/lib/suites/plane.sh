# shellcheck shell=bash
# RpiLive with its default settings among mksquashfs with many, on the plane of time and size. Each point is measured once,
# RpiLive before every fourth.
suite_plane() {
	local points=("gzip 9 128K" "zstd 9 128K" "zstd 15 128K" "zstd 15 256K" "zstd 15 1M" "zstd 9 1M") i words
	[ -n "$quick" ] || points=({gzip\ {1,6,9},zstd\ {1,3,6,9,12,15,19,22}}\ {128K,256K,1M} "lz4 - 128K" "xz - 128K")
	for i in "${!points[@]}"; do
		if [ $((i % 4)) = 0 ]; then
			by_rpilive "$stock" "$work/live.img"
			measure plane default rpilive $((i / 4 + 1)) "$work/live.img" "${argv[@]}"
		fi
		read -ra words <<<"${points[i]}"
		by_mksquashfs "$root" "$work/peer.squashfs" "${words[@]}"
		measure plane "${points[i]}" mksquashfs 1 "$work/peer.squashfs" "${argv[@]}"
	done
	verify plane "$work/live.img" "$work/peer.squashfs"
	rm -f "$work/live.img" "$work/peer.squashfs"
}
