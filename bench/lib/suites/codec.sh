# shellcheck shell=bash
# The codecs alone, a block at a time on one thread, over a sample of the root's files: RpiLive's against the C libraries.
suite_codec() {
	local settings=("gzip 9 128K" "zstd 15 128K") mib=16 setting
	if [ -z "$quick" ]; then
		settings+=("gzip 9 1M" "zstd 3 128K" "zstd 9 128K" "zstd 15 1M" "zstd 19 128K")
		mib=48
	fi
	"$lib/take-sample.py" "$root" "$mib" >"$work/sample"
	for setting in "${settings[@]}"; do
		for ((run = 1; run <= runs; run++)); do
			measure_codec "$setting" rpilive
			measure_codec "$setting" C-library
			[ "${setting%% *}" != zstd ] || measure_codec "$setting" rpilive-managed
		done
	done
	rm -f "$work/sample"
}

# measure_codec SETTING CONTESTANT: both time the blocks alone, without the start of a process.
measure_codec() {
	local codec level block bytes seconds
	read -r codec level block <<<"$1"
	if read -r bytes seconds < <(blocks_by "$2") && [ -n "$seconds" ]; then
		record codec "$1" "$2" "$run" ok "$seconds" "$seconds" '' "$bytes"
	else
		fail "codec $1 $2"
		record codec "$1" "$2" "$run" failed '' '' '' ''
	fi
}

# blocks_by CONTESTANT: prints packed bytes and seconds for the caller's codec, level and block.
blocks_by() {
	case $1-$codec in
	rpilive-managed-zstd) dotnet "$runner" codecs "$work/sample" "$codec-managed:$level:$block" | cut -f 6,7 ;;
	rpilive-*) dotnet "$runner" codecs "$work/sample" "$codec:$level:$block" | cut -f 6,7 ;;
	*-gzip) "$lib/gzip-blocks.py" "$work/sample" "$level" "$(in_bytes "$block")" ;;
	*-zstd) "$lib/zstd-blocks.sh" "$work/sample" "$level" "$(in_bytes "$block")" ;;
	esac
}
