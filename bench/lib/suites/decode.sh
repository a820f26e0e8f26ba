# shellcheck shell=bash
# Unpacking the .img.xz alone, on one thread and on all; RpiLive's own where the bench runner has it.
suite_decode() {
	local threads
	pack_stock
	for ((run = 1; run <= runs; run++)); do
		if { dotnet "$runner" 2>&1 || :; } | grep -q '\bunxz\b'; then
			measure decode "$(basename "$packed")" rpilive "$run" '' dotnet "$runner" unxz "$packed"
		fi
		for threads in 1 "$(nproc)"; do
			measure decode "$(basename "$packed")" "xz-T$threads" "$run" '' xz -dc -T "$threads" "$packed"
		done
	done
}
