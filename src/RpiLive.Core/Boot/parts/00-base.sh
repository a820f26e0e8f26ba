# shellcheck shell=sh
# Messages, small tools, and the one way to give up.
#
# The includer sets SYS, PROC, DEV, RUN, ETC, TOOLS and ROOT (the usual places; a test gives others) and STATE, our directory in RUN.

consoles=

mount_kernel_file_systems() {
	mkdir -p "$PROC" "$SYS" "$DEV" "$RUN" /tmp "$ROOT"
	mount -t proc -o nosuid,noexec,nodev proc "$PROC" || fail "cannot mount proc"
	mount -t sysfs -o nosuid,noexec,nodev sysfs "$SYS" || fail "cannot mount sysfs"
	mount -t devtmpfs -o nosuid,mode=0755 udev "$DEV" || fail "cannot mount devtmpfs"
	mkdir -p "$DEV/pts" "$DEV/shm"
	mount -t tmpfs -o nosuid,nodev,mode=0755,size=20% tmpfs "$RUN" || fail "cannot mount a tmpfs on $RUN"
	mkdir -p "$STATE"
	# A machine without any console is no reason to stop.
	if (: <>"$DEV/console") 2>/dev/null; then exec <>"$DEV/console" >&0 2>&1; fi
}

# All that the kernel prints to, not just the last one given: serial line and screen both get our messages.
find_consoles() {
	consoles=
	[ ! -r "$SYS/class/tty/console/active" ] || read -r consoles <"$SYS/class/tty/console/active"
	: "${consoles:=console}"
}

# show TEXT: on every console
show() {
	for show_console in $consoles; do
		[ ! -e "$DEV/$show_console" ] || printf 'rpilive: %s\n' "$*" >>"$DEV/$show_console"
	done 2>/dev/null
}

# record LEVEL TEXT: in our log and the kernel's. The kernel shows level 7 on no console unless told to.
record() {
	record_level=$1
	shift
	{ printf '<%s>rpilive: %s\n' "$record_level" "$*" >"$DEV/kmsg"; } 2>/dev/null
	{ printf '[%s] %s\n' "$(uptime_seconds)" "$*" >>"$STATE/log"; } 2>/dev/null
	return 0
}

say() {
	record 7 "$*"
	[ "$opt_quiet" = yes ] || show "$*"
}

# warn TEXT: shown even when quiet, kept for the status; the same text once.
warn() {
	if grep -Fxq -e "$*" "$STATE/warnings" 2>/dev/null; then return 0; fi
	record 7 "WARNING: $*"
	show "WARNING: $*"
	printf '%s\n' "$*" >>"$STATE/warnings"
}

# fail TEXT: does not return
fail() {
	trap - EXIT
	record 7 "STOP: $*"
	show "STOP: $*"
	tell failed "$(json_string "$*")"
	give_up "$*"
}

# tell EVENT JSON: says on the console how the boot is going, where the kernel command line asks for it
tell() {
	[ "$opt_report" = yes ] || return 0
	# Twice, as the kernel may print into one of them.
	{ report_line "$1" "$2" >"$DEV/console" && report_line "$1" "$2" >"$DEV/console"; } 2>/dev/null
	return 0
}

# give_up TEXT: what the policy says; apart from fail() so that tests can end here
give_up() {
	case $opt_onerror in
		reboot)
			show "restarting in 30 seconds"
			sleep 30
			reboot -f
			;;
		shell)
			rescue_shell "'exit' restarts the machine"
			reboot -f
			;;
	esac
	while :; do
		sleep 60
		show "STOP: $1"
	done
}

rescue_shell() {
	show "a shell on the console; $1"
	if command -v cttyhack >/dev/null; then
		setsid cttyhack sh <>"$DEV/console" >&0 2>&1
	else
		sh <>"$DEV/console" >&0 2>&1
	fi
}

# shell_stage NAME: a shell here when rpilive.shell asks for this stage
shell_stage() {
	[ "$opt_shell" = "$1" ] || return 0
	rescue_shell "stage $1, 'exit' goes on"
}

# build_value KEY: what the builder baked in
build_value() {
	sed -n "s/^$1=//p" "$ETC/build" 2>/dev/null
}

board_model() {
	if [ -r "$PROC/device-tree/model" ]; then tr -d '\0' <"$PROC/device-tree/model"; else printf 'unknown board'; fi
}

uptime_seconds() {
	read -r uptime_now uptime_idle <"$PROC/uptime" || uptime_now=0
	: "${uptime_idle:=}"
	printf '%s' "${uptime_now%%.*}"
}

# mark_step NAME: notes how long it took since the last mark, in hundredths of a second; total is since the first
mark_step() {
	read -r step_now step_idle <"$PROC/uptime" || return 0
	: "$step_idle"
	step_now=${step_now%.*}${step_now#*.}
	# A leading zero would make it octal.
	while [ "$step_now" != "${step_now#0}" ]; do step_now=${step_now#0}; done
	: "${step_now:=0}" "${step_first:=$step_now}" "${step_last:=$step_now}"
	case $1 in
		start) return 0 ;;
		total) step_last=$step_first ;;
	esac
	printf '%s %s\n' "$1" "$((step_now - step_last))" >>"$STATE/steps"
	step_last=$step_now
}

# memory_kib NAME: a figure of /proc/meminfo, 0 where it is not there
memory_kib() {
	memory_value=$(sed -n "s/^$1: *\([0-9]*\) kB\$/\1/p" "$PROC/meminfo")
	printf '%s' "${memory_value:-0}"
}

# nap: a short pause, also where sleep knows no fractions
nap() {
	sleep 0.2 2>/dev/null || sleep 1
}

# hex_at FILE OFFSET COUNT: bytes as lower-case hex
hex_at() {
	dd if="$1" bs=1 skip="$2" count="$3" 2>/dev/null | hexdump -v -e '1/1 "%02x"'
}
