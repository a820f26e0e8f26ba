# shellcheck shell=sh
# Over to the init of the live root.

# disarm_watchdog: one that the boot loader started must not fire while the root starts. Opening the device starts a watchdog,
# and only where nowayout is 0 does the closing letter stop it again (Documentation/watchdog/watchdog-api.rst).
disarm_watchdog() {
	watchdog_nowayout=
	[ ! -r "$SYS/class/watchdog/watchdog0/nowayout" ] || read -r watchdog_nowayout <"$SYS/class/watchdog/watchdog0/nowayout"
	[ "$watchdog_nowayout" = 0 ] || return 0
	{ printf V >"$DEV/watchdog0"; } 2>/dev/null
	return 0
}

# choose_init PATH: sets chosen_init, what to start; the first-boot script of Raspberry Pi OS rewrites the card and restarts, so not that
choose_init() {
	case $1 in
		*/raspberrypi-sys-mods/firstboot | */init_resize.sh)
			warn "init=$1 of the kernel command line is passed over: it changes the card"
			set -- /sbin/init
			;;
	esac
	[ -x "$ROOT$1" ] || [ -L "$ROOT$1" ] || fail "the live root has no $1"
	chosen_init=$1
}

# hand_over ARGUMENTS OF INIT
hand_over() {
	say "starting $chosen_init"
	rm -f "$STATE/sector" "$STATE/probe" "$STATE/volumes.list" "$STATE"/table* "$STATE"/modaliases* "$STATE"/copy.*
	for move_point in "$RUN" "$SYS" "$PROC" "$DEV"; do
		mkdir -p "$ROOT$move_point"
		mount --move "$move_point" "$ROOT$move_point" || fail "cannot move $move_point to the live root"
	done
	# Where fail() finds its files and consoles if switch_root cannot start.
	PROC=$ROOT$PROC DEV=$ROOT$DEV STATE=$ROOT$STATE
	exec switch_root -c /dev/console "$ROOT" "$chosen_init" "$@"
}
