# shellcheck shell=sh disable=SC2034
# The root of a base image: a partition of the disk whose table has the 32-bit id of PARTUUID=ID-NUMBER.

root_id='' root_number='' root_name='' root_init=/sbin/init

# read_root_words: what the kernel command line says of the root
read_root_words() {
	read -r root_words <"$PROC/cmdline"
	for root_word in $root_words; do
		case $root_word in
			init=*) root_init=${root_word#*=} ;;
			root=PARTUUID=????????-??)
				root_word=${root_word##*=}
				root_id=${root_word%-*}
				# The number is hexadecimal; a leading zero is none of it.
				root_number=$((0x${root_word#*-}))
				;;
		esac
	done
	[ -n "$root_id" ] || fail "the kernel command line (cmdline.txt) has no root=PARTUUID=, by which this image finds its root"
}

# disk_id DEVICE: the id of its partition table, in the order in which it is written
disk_id() {
	hex_at "$1" 440 4 | sed 's/\(..\)\(..\)\(..\)\(..\)/\4\3\2\1/'
}

# find_root: sets root_name; status 1 while there is none
find_root() {
	for root_disk in "$SYS"/block/*; do
		case ${root_disk##*/} in loop* | ram* | zram* | dm-* | '*') continue ;; esac
		[ "$(disk_id "$DEV/${root_disk##*/}" 2>/dev/null)" = "$root_id" ] || continue
		for root_part in "$root_disk/${root_disk##*/}"*; do
			root_found=
			[ ! -r "$root_part/partition" ] || read -r root_found <"$root_part/partition"
			if [ "$root_found" = "$root_number" ] && [ -e "$DEV/${root_part##*/}" ]; then
				root_name=${root_part##*/}
				return 0
			fi
		done
	done
	return 1
}

# wait_for_root: cards and sticks come up in their own time
wait_for_root() {
	root_tries=0
	until find_root; do
		coldplug
		nap
		root_tries=$((root_tries + 1))
		[ $((root_tries % 50)) != 0 ] || show "waiting for the root, partition $root_number of the disk with id $root_id"
	done
}
