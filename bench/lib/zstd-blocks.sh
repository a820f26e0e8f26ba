#!/usr/bin/env bash
# Compresses the blocks of a file by the C library zstd, on one thread, and prints the packed bytes and the seconds that took.
#
#   zstd-blocks.sh FILE LEVEL BLOCK-SIZE
set -euo pipefail
ultra=()
[ "$2" -le 19 ] || ultra=(--ultra)
# The last of the lines that write over each other: NAME : BYTES -> PACKED (xRATIO), MB/s of packing, MB/s of unpacking.
zstd "${ultra[@]}" "-b$2" "-B$3" -i1 "$1" 2>&1 | tr '\r' '\n' | awk -v bytes="$(stat -c %s "$1")" '
	match($0, /-> *[0-9]+ \(x[0-9.]+\), *[0-9.]+ MB\/s, /) {
		split(substr($0, RSTART + 2, RLENGTH - 2), part, /[ (,x)]+/)
		packed = part[2]; speed = part[4]
	}
	END { if (!speed) exit 1; printf "%d %.4f\n", packed, bytes / speed / 1e6 }'
