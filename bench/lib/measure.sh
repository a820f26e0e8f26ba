# shellcheck shell=bash
# Runs the contestants and writes down what each run took.

failures=0
fail() {
	echo "FAILED: $*" >&2
	failures=$((failures + 1))
}

# record SUITE SETTING CONTESTANT RUN STATUS SECONDS CPU-SECONDS PEAK-KIB BYTES: a line of the results.
record() {
	(IFS=$'\t' && echo "$*" >>"$results")
}

# measure SUITE SETTING CONTESTANT RUN OUT COMMAND…: the command makes OUT, a SquashFS or a live image; '' where it makes none.
measure() {
	local key=("${@:1:4}") out=$5 wall user system peak bytes=
	shift 5
	[ -z "$out" ] || rm -f "$out"
	# What the run before has left to write must not slow this one.
	sync
	if ! /usr/bin/time -q -o "$work/time" -f '%e %U %S %M' "$@" >"$work/log" 2>&1; then
		tail -n 20 "$work/log" >&2
		fail "${key[*]}: ${*:1:3} …"
		record "${key[@]}" failed '' '' '' ''
		[ -z "$out" ] || rm -f "$out"
		return
	fi
	if [ -n "$out" ]; then
		bytes=$(squashfs_bytes "$out")
		[ "$bytes" -gt 0 ] || fail "${key[*]} made no SquashFS"
	fi
	read -r wall user system peak <"$work/time"
	record "${key[@]}" ok "$wall" "$(awk -v u="$user" -v s="$system" 'BEGIN { print u + s }')" "$peak" "$bytes"
}

# verify WHAT FILE PEER-FILE: that both hold the same root, but for what RpiLive edits in it. For the first run alone.
verify() {
	local what=$1 paths bytes peer_paths peer_bytes
	[ -e "$2" ] && [ -e "$3" ] || return 0 # a failed run was reported
	read -r paths bytes < <(inventory "$2")
	read -r peer_paths peer_bytes < <(inventory "$3")
	local paths_off=$((paths - peer_paths)) bytes_off=$((bytes - peer_bytes))
	if [ "$paths" = 0 ] || [ ${paths_off#-} -gt 200 ] || [ ${bytes_off#-} -gt $((peer_bytes / 100 + 1000000)) ]; then
		fail "$what: $paths paths with $bytes bytes, its peer $peer_paths with $peer_bytes"
	fi
}

# table SUITE: prints what is known of a suite.
table() {
	echo
	python3 "$lib/table.py" "$results" "$1"
}
