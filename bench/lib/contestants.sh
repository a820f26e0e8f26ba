# shellcheck shell=bash
# The command lines of the contestants; each function leaves one in the array argv.

# One argument for PowerShell, quoted.
quoted() { printf "'%s'" "${1//\'/\'\'}"; }

# by_rpilive STOCK LIVE.img [PARAMETER…]: the whole way from a stock image to a bootable live image.
by_rpilive() {
	argv=(dotnet "$host" "New-RpiLiveImage -LiteralPath $(quoted "$1") -DestinationPath $(quoted "$2") ${*:3} | Out-Null")
}

# rpilive_setting CODEC LEVEL BLOCK: as parameters of New-RpiLiveImage.
rpilive_setting() { echo "-Compression ${1^} -CompressionLevel $2 -BlockSize $(in_bytes "$3")"; }

in_bytes() { numfmt --from=iec "$1"; }

# mksquashfs_setting CODEC LEVEL BLOCK, LEVEL - for a codec that has none: as options of mksquashfs.
mksquashfs_setting() {
	echo "-comp $1 $([ "$2" = - ] || echo "-Xcompression-level $2") -b $3"
}

# by_mksquashfs ROOT OUT CODEC LEVEL BLOCK [OPTION…]: the root alone.
by_mksquashfs() {
	# shellcheck disable=SC2207 # words
	argv=(mksquashfs "$1" "$2" $(mksquashfs_setting "$3" "$4" "$5") "${@:6}" -noappend -no-progress -quiet)
}

# by_gensquashfs ROOT OUT CODEC LEVEL BLOCK: the root alone, without its xattrs: ACLs end it.
by_gensquashfs() {
	argv=(gensquashfs --pack-dir "$1" --one-file-system --keep-time --compressor "$3" --comp-extra "level=$4"
		--block-size "$(in_bytes "$5")" --num-jobs "$(nproc)" --quiet --force "$2")
}

# by_tar2sqfs ROOT OUT CODEC LEVEL BLOCK: the root alone, through a pipe.
by_tar2sqfs() {
	# shellcheck disable=SC2016 # expanded by the shell that runs it
	argv=(bash -o pipefail -c 'tar -C "$1" --one-file-system --numeric-owner --xattrs -c . | tar2sqfs "${@:2}"' bash "$1"
		--compressor "$3" --comp-extra "level=$4" --block-size "$(in_bytes "$5")" --num-jobs "$(nproc)" --quiet --force "$2")
}

# by_pipeline THREADS STOCK.img.xz LIVE.img CODEC LEVEL BLOCK: the shell script that a user would write.
by_pipeline() {
	# shellcheck disable=SC2207 # words
	argv=("$lib/pipeline.sh" "$1" "$2" "$3" "$work/pipeline" $(mksquashfs_setting "$4" "$5" "$6"))
}
