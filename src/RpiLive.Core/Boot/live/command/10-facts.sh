# shellcheck shell=sh
# What /init left behind of this boot, and what is wrong by now.
#
# The includer sets SYS, PROC and STATE: the usual places, or those of a test. Nothing here writes outside of STATE: what / takes goes
# to the upper layer, which may be full.

problems='' worst=0

# fact NAME: sets fact
fact() {
	fact=
	[ ! -r "$STATE/facts/$1" ] || IFS= read -r fact <"$STATE/facts/$1" || :
}

# problem SEVERITY TEXT: SEVERITY is 1 for a warning, 2 for a failure. They are kept in a variable, a line each.
problem() {
	[ "$worst" -ge "$1" ] || worst=$1
	problems="$problems$1 $2
"
}

# boot_warnings: each warning of the boot is a problem
boot_warnings() {
	[ -r "$STATE/warnings" ] || return 0
	while IFS= read -r warning_line; do
		problem 1 "$warning_line"
	done <"$STATE/warnings"
}

# complain TEXT
complain() {
	printf 'rpilive: %s\n' "$*" >&2
}

# require_root WHAT
require_root() {
	[ "$(id -u)" = 0 ] && return 0
	complain "$1 needs root; try: sudo rpilive $1"
	return 1
}
