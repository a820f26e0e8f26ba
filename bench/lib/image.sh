# shellcheck shell=bash
# Looks into image files: partitions, and the SquashFS of a live image.

# partition_offset IMAGE TYPE: the first byte of the first partition of a type, such as c or 83.
partition_offset() {
	echo $(($(sfdisk --dump "$1" | sed -n "/type=$2\b/{s/.*start= *\([0-9]*\),.*/\1/p;q}") * 512))
}

# mount_root IMAGE DIRECTORY: the root file system of a stock image, read-only.
mount_root() {
	mkdir -p "$2"
	mount -o "ro,loop,offset=$(partition_offset "$1" 83)" "$1" "$2"
}

# read_squashfs FILE: a SquashFS, or that of a live image, on standard output.
read_squashfs() {
	case $1 in
	*.img) MTOOLS_SKIP_CHECK=1 mcopy -i "$1@@$(partition_offset "$1" c)" ::/live/root.squashfs - ;;
	*) cat "$1" ;;
	esac
}

# squashfs_bytes FILE: bytes_used of the superblock; what follows in the file is padding. 0 where there is no SquashFS.
squashfs_bytes() {
	local magic bytes
	read -r magic bytes < <(read_squashfs "$1" 2>/dev/null | head -c 48 |
		python3 -c 'import struct, sys; print(*struct.unpack("<4s36xQ", sys.stdin.buffer.read(48)))' 2>/dev/null) || :
	[ "$magic" = "b'hsqs'" ] || bytes=0
	echo "$bytes"
}

# inventory FILE: how many paths a SquashFS, or that of a live image, lists, and how many bytes its regular files have.
inventory() {
	local file=$1 own=''
	if [ "${1##*.}" = img ]; then
		# A name of its own: who reads the line goes on before this is over.
		own=$(mktemp "$work/inventory.XXXXXX")
		file=$own
		read_squashfs "$1" >"$file"
	fi
	unsquashfs -lln "$file" | awk '/^[-dlbcps]/ { paths++ } /^-/ { bytes += $3 } END { printf "%d %.0f\n", paths, bytes }'
	[ -z "$own" ] || rm -f "$own"
}
