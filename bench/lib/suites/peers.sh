# shellcheck shell=bash
# Raw image to live image, against every tool that makes a SquashFS of the mounted root alone.
suite_peers() {
	local settings=("zstd 15 128K") setting words peer
	[ -n "$quick" ] || settings+=("gzip 9 128K")
	for setting in "${settings[@]}"; do
		read -ra words <<<"$setting"
		for ((run = 1; run <= runs; run++)); do
			by_rpilive "$stock" "$work/live.img" "$(rpilive_setting "${words[@]}")"
			measure peers "$setting" rpilive "$run" "$work/live.img" "${argv[@]}"
			for peer in mksquashfs tar2sqfs gensquashfs; do
				"by_$peer" "$root" "$work/peer.squashfs" "${words[@]}"
				measure peers "$setting" "$peer" "$run" "$work/peer.squashfs" "${argv[@]}"
				[ "$run" -gt 1 ] || verify "peers $setting $peer" "$work/live.img" "$work/peer.squashfs"
			done
		done
		rm -f "$work/live.img" "$work/peer.squashfs"
	done
}
