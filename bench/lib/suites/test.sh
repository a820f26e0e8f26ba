# shellcheck shell=bash
# Testing a live image in full, without a boot: every check, and the whole root unpacked and hashed, without the start of the process; against
# unsquashfs, which unpacks the root to RAM, and once more to nowhere.
suite_test() {
	local image=$work/live.img squashfs=$work/root.squashfs unpacked seconds user system peak
	by_rpilive "$stock" "$image" "$(rpilive_setting zstd 3 256K)"
	measure test "make live.img" rpilive 1 "$image" "${argv[@]}"
	[ -e "$image" ] || return 0
	read_squashfs "$image" >"$squashfs"
	unpacked=$(mktemp -d /dev/shm/rpilive-bench.XXXXXX)
	for ((run = 1; run <= runs; run++)); do
		seconds=$(/usr/bin/time -q -o "$work/time" -f '%U %S %M' dotnet "$host" \
			"\$report = Test-RpiLiveImage -LiteralPath $(quoted "$image"); if (\$report.IsValid -or '$self_test') { \$report.DurationSeconds }" 2>"$work/log") || :
		if [ -n "$seconds" ]; then
			read -r user system peak <"$work/time"
			record test full rpilive "$run" ok "$seconds" "$(awk -v u="$user" -v s="$system" 'BEGIN { print u + s }')" "$peak" ''
		else
			tail -n 20 "$work/log" >&2
			fail "test: live.img is not valid"
			record test full rpilive "$run" failed '' '' '' ''
		fi
		measure test full unsquashfs "$run" '' unsquashfs -n -quiet -d "$unpacked/root" "$squashfs"
		rm -rf "$unpacked/root"
		measure test full "unsquashfs to nowhere" "$run" '' sh -c "cd '$work' && unsquashfs -n -quiet -pf /dev/null '$squashfs'"
	done
	rm -rf "$image" "$squashfs" "$unpacked"
}
