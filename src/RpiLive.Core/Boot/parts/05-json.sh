# shellcheck shell=sh
# Text as JSON; /init and the command rpilive share it.

# json_string TEXT: as a JSON string; bytes that are no printable ASCII become '?'
json_string() {
	# Most have nothing to be replaced, and a board is slow at starting processes.
	case $1 in
		*[!A-Za-z0-9\ ./:%\(\),_-]*) ;;
		*)
			printf '"%s"' "$1"
			return
			;;
	esac
	printf '"%s"' "$(printf '%s' "$1" | tr '\t\n' '  ' | tr -c ' -~' '?' | sed 's/[\\"]/\\&/g')"
}

# json_string_or_null TEXT
json_string_or_null() {
	if [ -n "$1" ]; then json_string "$1"; else printf null; fi
}

# json_lines FILE: its lines as members of an array
json_lines() {
	[ -r "$1" ] || return 0
	json_separator=
	while IFS= read -r json_line; do
		printf '%s' "$json_separator"
		json_string "$json_line"
		json_separator=,
	done <"$1"
}

# report_line EVENT JSON: a line for who listens on the serial port, with a checksum, as others print there too
report_line() {
	report_sum=$(printf '%s' "$2" | sha256sum)
	printf '\n@rpilive %s %s %s\n' "$1" "${report_sum%% *}" "$2"
}
