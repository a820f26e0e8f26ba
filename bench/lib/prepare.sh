# shellcheck shell=bash
# What must be there before anything is measured.

install_tools() {
	local lacking=() tool
	for tool in mksquashfs:squashfs-tools gensquashfs:squashfs-tools-ng mcopy:mtools mkfs.vfat:dosfstools mke2fs:e2fsprogs sfdisk:fdisk \
		xz:xz-utils zstd:zstd /usr/bin/time:time python3:python3; do
		command -v "${tool%%:*}" >/dev/null || lacking+=("${tool#*:}")
	done
	[ ${#lacking[@]} = 0 ] || DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends "${lacking[@]}" >/dev/null
}

# Sets work to a new folder, which goes away at the end with all that is mounted in it.
make_work() {
	[ -z "$work" ] || mkdir -p "$work"
	work=$(mktemp -d "${work:-${TMPDIR:-/tmp}}/rpilive-bench.XXXXXX")
	trap clean_up EXIT
}

clean_up() {
	local mounted
	for mounted in "$work"/mount.* "$work/pipeline/root"; do
		! mountpoint -q "$mounted" || umount "$mounted"
	done
	rm -rf --one-file-system "$work"
}

# Sets host, host_folder, runner and module to what was built.
build() {
	local configuration=Release
	[ -z "$self_test" ] || configuration=Debug
	host_folder=$top/src/RpiLive.Host/bin/$configuration/net10.0
	host=$host_folder/RpiLive.Host.dll
	runner=$top/bench/RpiLive.Bench/bin/$configuration/net10.0/RpiLive.Bench.dll
	if [ -z "$self_test" ] || [ ! -e "$host" ] || [ ! -e "$runner" ]; then
		dotnet build --nologo --verbosity quiet --configuration "$configuration" "$top/src/RpiLive.Host" >/dev/null
		dotnet build --nologo --verbosity quiet --configuration "$configuration" "$top/bench/RpiLive.Bench" >/dev/null
	fi
	module=$(find "$top/output/RpiLive" -name RpiLive.psd1 -print -quit)
}

# Sets stock to an image made for it.
make_stock() {
	stock=$work/stock.img
	if [ -n "$self_test" ]; then
		"$lib/make-stock.py" "$stock" --files 100 --large 1 --large-mib 2
	else
		"$top/tests/fixtures/make-debian-image.sh" --profile bench "$stock" >/dev/null
	fi
}

# Sets packed to the stock image as .xz: the one beside it that is no older, else one made as Raspberry Pi's are and kept by
# the image's hash, since that takes minutes.
pack_stock() {
	local cache=${RPILIVE_CACHE:-$HOME/.cache/rpilive}
	packed=$stock.xz
	if [ -e "$packed" ] && [ ! "$packed" -ot "$stock" ]; then
		return
	fi
	[ -z "$self_test" ] || cache=$work
	mkdir -p "$cache"
	packed=$cache/bench-$(sha256sum "$stock" | cut -c 1-16).img.xz
	if [ ! -e "$packed" ]; then
		echo "packing $(basename "$stock")" >&2
		xz -T2 -6 --keep --stdout "$stock" >"$packed.partial"
		mv "$packed.partial" "$packed"
	fi
	cat "$packed" >/dev/null
}

# warm IMAGE ROOT: brings the image and what the mount makes of it into the page cache, for all contestants alike.
warm() {
	cat "$1" >/dev/null
	du -s "$2" >/dev/null
	tar -C "$2" --one-file-system -cf - . | cat >/dev/null
}

describe() {
	echo "machine: $(nproc) processors, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(free -m | awk 'NR == 2 { print $2 }') MiB"
	echo "tools: $(mksquashfs -version | head -n 1), $(xz --version | head -n 1), .NET $(dotnet --version)"
	echo "stock image: $(find "$root" -xdev | wc -l) paths, $(du -xsm "$root" | cut -f 1) MiB; page cache warm for all"
	echo "runs: $runs of each, in turn; load at the start: $(cut -d ' ' -f 1-3 /proc/loadavg)"
}
