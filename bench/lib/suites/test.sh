# shellcheck shell=bash
# Testing a live image in full, without a boot: every check, and the whole root unpacked and hashed; against unsquashfs, which unpacks the
# root to nowhere.
suite_test() {
	local image=$work/live.img squashfs=$work/root.squashfs
	by_rpilive "$stock" "$image" "$(rpilive_setting zstd 3 256K)"
	measure test "make live.img" rpilive 1 "$image" "${argv[@]}"
	[ -e "$image" ] || return 0
	read_squashfs "$image" >"$squashfs"
	for ((run = 1; run <= runs; run++)); do
		measure test full rpilive "$run" '' dotnet "$host" \
			"if (-not (Test-RpiLiveImage -LiteralPath $(quoted "$image") -Quiet) -and -not '$self_test') { throw 'not valid' }"
		measure test full unsquashfs "$run" '' sh -c "unsquashfs -no-progress -quiet -pf /dev/null '$squashfs'"
	done
	rm -f "$image" "$squashfs"
}
