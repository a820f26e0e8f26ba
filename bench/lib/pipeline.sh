#!/usr/bin/env bash
# The shell script that someone without RpiLive would write: .img.xz to an image with the root as SquashFS beside the boot files.
#
#   pipeline.sh THREADS STOCK.img.xz LIVE.img WORK MKSQUASHFS-OPTION…
#
# It makes no initramfs and edits nothing, so it does less than RpiLive.
set -euo pipefail
threads=$1 packed=$2 live=$3 work=$4
shift 4
. "${BASH_SOURCE[0]%/*}/image.sh"

rm -rf --one-file-system "$work"
mkdir -p "$work/root" "$work/boot"
trap '! mountpoint -q "$work/root" || umount "$work/root"; rm -rf --one-file-system "$work"' EXIT
xz -dc -T "$threads" "$packed" >"$work/stock.img"
mount_root "$work/stock.img" "$work/root"
mksquashfs "$work/root" "$work/root.squashfs" "$@" -noappend -no-progress -quiet
MTOOLS_SKIP_CHECK=1 mcopy -s -n -i "$work/stock.img@@$(partition_offset "$work/stock.img" c)" '::*' "$work/boot"

# 8 MiB before the partition, and room for tables and for the ends of clusters; FAT32 has at least 65,525 of them.
size=$(($(du -sm "$work/boot" | cut -f 1) + $(du -m "$work/root.squashfs" | cut -f 1) + 80))
truncate -s "$((size < 300 ? 300 : size))M" "$live"
echo 'start=16384, type=c' | sfdisk --quiet --label dos "$live"
mkfs.vfat -F 32 -s 8 -n BOOTFS --offset 16384 "$live" >/dev/null
export MTOOLS_SKIP_CHECK=1
mmd -i "$live@@8M" ::/live
mcopy -s -i "$live@@8M" "$work/boot"/* ::/
mcopy -i "$live@@8M" "$work/root.squashfs" ::/live/root.squashfs
