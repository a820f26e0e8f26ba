# shellcheck shell=sh
# The command line. Exit status: 0 fine or done, 1 degraded, 2 failed, 64 not understood.

usage() {
	cat <<-'END'
		rpilive status [--json]       how the live system is doing; exit status 0 fine, 1 degraded, 2 failed
		rpilive diff [--json] [DIR]   what changed against the pristine image, largest first: A added, M modified, D deleted
		rpilive flush [--json]        writes what is kept to its stores now
		rpilive motd                  one line for the message of the day
		rpilive guard                 warns when the room for changes runs out; a service runs it
		rpilive report                tells a test of the image how the system is doing; a service runs it
		rpilive help, rpilive version
	END
}

# misused TEXT
misused() {
	complain "$1"
	usage >&2
	return 64
}

main() {
	main_command=${1:-help}
	[ $# = 0 ] || shift
	main_format=text main_directory=
	for main_argument in "$@"; do
		case $main_argument in
			--json) main_format=json ;;
			--help) main_command=help ;;
			/*)
				[ "$main_command-$main_directory" = diff- ] || misused "'$main_argument' is one too many" || return
				main_directory=$main_argument
				;;
			*) misused "'$main_argument' is not understood" || return ;;
		esac
	done
	case $main_command in
		help | --help | -h)
			usage
			return
			;;
		status | diff | flush | motd | guard | report | version | --version) ;;
		*) misused "'$main_command' is not understood" || return ;;
	esac
	if [ ! -d "$STATE/facts" ]; then
		complain "this is no live system of RpiLive: there is no $STATE/facts"
		return 2
	fi
	case $main_command in
		status)
			judge
			status_"$main_format"
			return "$worst"
			;;
		diff) changes "$main_format" "${main_directory:-/}" ;;
		flush) flush "$main_format" ;;
		motd) motd ;;
		guard) guard ;;
		report) report ;;
		*)
			fact version
			printf '%s\n' "$fact"
			;;
	esac
}
