# shellcheck shell=bash
# From power-on to a system that has started everything, on QEMU's machine virt: the live image with its root in RAM and on the medium,
# against the stock image; and what our own steps of the boot take, but for the copy and the check that goes beside it on another core,
# also in a machine that counts instructions, one a nanosecond. For arm64 images in which root needs no password.
suite_boot() {
	local image=$work/live.img
	# Its image is made up and starts nowhere.
	[ -z "$self_test" ] || return 0
	command -v qemu-system-aarch64 >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends qemu-system-arm >/dev/null
	by_rpilive "$stock" "$image" "$(rpilive_setting zstd 9 256K)"
	measure boot "make live.img" rpilive 1 "$image" "${argv[@]}"
	[ -e "$image" ] || return 0
	for ((run = 1; run <= runs; run++)); do
		boot_once "$run" rpilive "$image" --words rpilive.root=ram
		boot_once "$run" rpilive-medium "$image" --words rpilive.root=medium
		boot_once "$run" stock "$stock"
	done
	boot_once 1 rpilive-counted "$image" --words rpilive.root=ram --counted
	rm -f "$image" "$work/boot"
}

# boot_once RUN CONTESTANT IMAGE OPTION…
boot_once() {
	local run=$1 who=$2 step seconds total=0 copy=0 verify=0
	sync
	if ! "$lib/boot-time.py" "${@:3}" >"$work/boot"; then
		fail "boot of $who"
		record boot "to the running system" "$who" "$run" failed '' '' '' ''
		return
	fi
	while read -r step seconds; do
		case $step in
		copy) copy=$seconds ;;
		verify) verify=$seconds ;;
		total) total=$seconds ;;
		esac
		if [ -z "$seconds" ]; then
			record boot "to the running system" "$who" "$run" ok "$step" "$step" '' ''
		else
			record boot "step $step" "$who" "$run" ok "$seconds" "$seconds" '' ''
		fi
	done <"$work/boot"
	[ "$who" != stock ] || return 0
	seconds=$(awk -v t="$total" -v c="$copy" -v v="$verify" 'BEGIN { print t - c - v }')
	record boot "our part" "$who" "$run" ok "$seconds" "$seconds" '' ''
}
