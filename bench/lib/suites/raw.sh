# shellcheck shell=bash
# Raw image to live image, against mksquashfs of the mounted root alone at the same compressor, level and block size.
suite_raw() {
	local settings=("gzip 9 128K" "zstd 15 128K") setting words
	[ -n "$quick" ] || settings+=("zstd 9 128K" "zstd 3 128K" "zstd 15 1M")
	[ -z "$full" ] || settings=({gzip\ 9,zstd\ 15,zstd\ 9,zstd\ 3}\ {128K,256K,1M})
	[ ${#chosen[@]} = 0 ] || settings=("${chosen[@]}")
	for setting in "${settings[@]}"; do
		read -ra words <<<"$setting"
		for ((run = 1; run <= runs; run++)); do
			by_rpilive "$stock" "$work/live.img" "$(rpilive_setting "${words[@]}")"
			measure raw "$setting" rpilive "$run" "$work/live.img" "${argv[@]}"
			by_mksquashfs "$root" "$work/peer.squashfs" "${words[@]}"
			measure raw "$setting" mksquashfs "$run" "$work/peer.squashfs" "${argv[@]}"
			[ "$run" -gt 1 ] || verify "raw $setting" "$work/live.img" "$work/peer.squashfs"
		done
		rm -f "$work/live.img" "$work/peer.squashfs"
	done
}
