#!/usr/bin/env bash
# Compares making a whole live image with what mksquashfs takes for the root alone, from the same stock image.
#
#   bench.sh [--list] [--runs N] [STOCK.img]
#
# Without STOCK.img the benchmark image of tests/fixtures is used. The contestants take turns, so that a busy machine slows
# both; the table gives medians. Needs root (loop mount), mksquashfs and GNU time.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
level=15 block=128K

runs=3 list=
while [ $# -gt 0 ]; do
	case $1 in
	--list) list=1 ;;
	--runs) runs=$2; shift ;;
	-*) echo "usage: ${0##*/} [--list] [--runs N] [STOCK.img]" >&2; exit 2 ;;
	*) break ;;
	esac
	shift
done
if [ -n "$list" ]; then
	echo "rpilive     New-RpiLiveImage, the whole command: stock image to bootable live image, zstd $level, blocks of $block"
	echo "mksquashfs  the root alone, from a loop mount: -comp zstd -Xcompression-level $level -b $block"
	exit
fi

export DEBIAN_FRONTEND=noninteractive
lacking=()
for tool in mksquashfs:squashfs-tools mcopy:mtools sfdisk:fdisk /usr/bin/time:time; do
	command -v "${tool%%:*}" >/dev/null || lacking+=("${tool#*:}")
done
[ ${#lacking[@]} = 0 ] || apt-get -qq -y install --no-install-recommends "${lacking[@]}" >/dev/null

work=$(mktemp -d "${TMPDIR:-/tmp}/rpilive-bench.XXXXXX")
mkdir "$work/root"
trap '! mountpoint -q "$work/root" || umount "$work/root"; rm -rf --one-file-system "$work"' EXIT
stock=${1-}
if [ -z "$stock" ]; then
	stock=$work/stock.img
	"$top/tests/fixtures/make-debian-image.sh" --profile bench "$stock" >/dev/null
fi

dotnet build --nologo --verbosity quiet --configuration Release "$top/src/RpiLive.Host" >/dev/null
host=$top/src/RpiLive.Host/bin/Release/net10.0/RpiLive.Host.dll
# The second partition's first sector, as the stock layout has it.
start=$(sfdisk --dump "$stock" | sed -n 's/.*start= *\([0-9]*\),.*type=83.*/\1/p')
mount -o "ro,loop,offset=$((start * 512))" "$stock" "$work/root"

# measure NAME COMMAND…: appends "seconds CPU-seconds peak-KiB" to NAME's results.
measure() {
	local name=$1
	shift
	sync
	if ! /usr/bin/time -a -o "$work/$name" -f '%e %U %S %M' "$@" >"$work/$name.log" 2>&1; then
		cat "$work/$name.log" >&2
		exit 1
	fi
}
rpilive() {
	rm -f "$work/live.img"
	measure rpilive dotnet "$host" "New-RpiLiveImage -LiteralPath '$stock' -DestinationPath '$work/live.img' -Compression Zstd \
-CompressionLevel $level -BlockSize $((${block%K} * 1024)) -Force | Out-Null"
}
mksquashfs_root() {
	rm -f "$work/peer.squashfs"
	measure mksquashfs mksquashfs "$work/root" "$work/peer.squashfs" -comp zstd -Xcompression-level "$level" -b "$block" \
		-noappend -no-progress -quiet
}

echo "machine: $(nproc) processors; stock image: $(find "$work/root" -xdev | wc -l) paths," \
	"$(du -xsm "$work/root" | cut -f 1) MiB; $runs runs each" # du also brings it all into the cache
for ((i = 0; i < runs; i++)); do
	rpilive
	mksquashfs_root
done

# median NAME FIELD
median() { cut -d ' ' -f "$2" "$work/$1" | sort -n | sed -n "$(((runs + 1) / 2))p"; }
MTOOLS_SKIP_CHECK=1 mcopy -n -i "$work/live.img@@$(($(sfdisk --dump "$work/live.img" |
	sed -n 's/.*start= *\([0-9]*\),.*type=c.*/\1/p') * 512))" ::/live/root.squashfs "$work/rpilive.squashfs"
row() { # row NAME SQUASHFS
	printf '%-11s %9s %9s %11s %15s\n' "$1" "$(median "$1" 1)" \
		"$(awk -v u="$(median "$1" 2)" -v s="$(median "$1" 3)" 'BEGIN { printf "%.1f", u + s }')" \
		"$(($(median "$1" 4) / 1024))" "$(stat -c %s "$2")"
}
printf '%-11s %9s %9s %11s %15s\n' '' 'wall s' 'CPU s' 'peak MiB' 'squashfs bytes'
row rpilive "$work/rpilive.squashfs"
row mksquashfs "$work/peer.squashfs"
awk -v a="$(median rpilive 1)" -v b="$(median mksquashfs 1)" 'BEGIN { printf "ratio of wall time, rpilive to mksquashfs: %.2f\n", a / b }'
