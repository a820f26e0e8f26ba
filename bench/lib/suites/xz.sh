# shellcheck shell=bash
# .img.xz to live image, against the shell pipeline from the same file, with xz on one thread and on all.
suite_xz() {
	local settings=("zstd 15 256K") setting words threads
	[ -n "$quick" ] || settings+=("gzip 9 128K" "zstd 3 128K")
	[ ${#chosen[@]} = 0 ] || settings=("${chosen[@]}")
	pack_stock
	for setting in "${settings[@]}"; do
		read -ra words <<<"$setting"
		for ((run = 1; run <= runs; run++)); do
			by_rpilive "$packed" "$work/live.img" "$(rpilive_setting "${words[@]}")"
			measure xz "$setting" rpilive "$run" "$work/live.img" "${argv[@]}"
			for threads in 1 "$(nproc)"; do
				by_pipeline "$threads" "$packed" "$work/peer.img" "${words[@]}"
				measure xz "$setting" "pipeline-T$threads" "$run" "$work/peer.img" "${argv[@]}"
			done
			[ "$run" -gt 1 ] || verify "xz $setting" "$work/live.img" "$work/peer.img"
		done
		rm -f "$work/live.img" "$work/peer.img"
	done
}
