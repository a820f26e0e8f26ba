# shellcheck shell=sh
# Kernel modules: what the live root needs by name, drivers by the devices that show up.

# The kernel asks for modules itself (crypto-crc32c for ext4) through the path in kernel.modprobe.
# busybox modprobe knows no soft dependencies; the builder listed their modules in ETC/modules, before those that want them.
load_modules() {
	{ printf '/sbin/modprobe\n' >"$PROC/sys/kernel/modprobe"; } 2>/dev/null
	printf 'none\n' >"$STATE/modaliases"
	# Some are built in or for other hardware: silence is fine, require_kernel looks at the result. All at once, since each modprobe
	# reads all indexes.
	xargs modprobe -q -a <"$ETC/modules" 2>/dev/null
	coldplug
}

# Hands modaliases that are new since the last call to modprobe. Buses come up one behind the other (PCIe, xHCI, USB,
# storage), so this runs again while the medium is awaited.
coldplug() {
	find "$SYS/devices" -name modalias -exec cat {} + 2>/dev/null | sort -u |
		grep -Fxv -f "$STATE/modaliases" >"$STATE/modaliases.new" || return 0
	cat "$STATE/modaliases.new" >>"$STATE/modaliases"
	xargs -n 40 modprobe -q -a -b <"$STATE/modaliases.new" 2>/dev/null
	return 0
}

require_kernel() {
	for require_name in squashfs overlay vfat; do
		grep -Eq "[[:blank:]]$require_name\$" "$PROC/filesystems" ||
			fail "kernel $(uname -r) has no $require_name; this initramfs was made for kernel $(build_value release)"
	done
	[ -e "$DEV/loop-control" ] || fail "kernel $(uname -r) has no loop devices; this initramfs was made for kernel $(build_value release)"
}
