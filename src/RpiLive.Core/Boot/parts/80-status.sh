# shellcheck shell=sh
# What is known of this boot: /run/rpilive/status.json, and warnings in the message of the day.

# json_string TEXT: as a JSON string; bytes that are no printable ASCII become '?'
json_string() {
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

# mode_name WORD: a value of the option root as the cmdlets name it
mode_name() {
	case $1 in ram) printf Ram ;; medium) printf Medium ;; *) printf Auto ;; esac
}

status_json() {
	printf '{"version":%s,"flavour":%s,"kernel":%s,' \
		"$(json_string "$(build_value version)")" "$(json_string "$(build_value flavour)")" "$(json_string "$(uname -r)")"
	printf '"rootMode":%s,"requestedRootMode":%s,"reason":%s,' \
		"$(json_string "$root_mode")" "$(json_string "$(mode_name "$opt_root")")" "$(json_string "$root_reason")"
	printf '"medium":{"device":%s,"uuid":%s,"label":%s},' \
		"$(json_string "/dev/$medium_name")" "$(json_string "$(build_value volume)")" "$(json_string "$medium_label")"
	printf '"squashfs":{"bytes":%s,"sha256":%s,"verified":%s},' \
		"$squashfs_bytes" "$(json_string_or_null "$squashfs_sha256")" "$squashfs_verified"
	printf '"memory":{"totalKiB":%s,"availableAtStartKiB":%s,"availableKiB":%s,"upperKiB":%s},' \
		"$(memory_kib MemTotal)" "$memory_available_at_start" "$(memory_kib MemAvailable)" "$upper_kib"
	printf '"machineId":%s,"warnings":[%s]}\n' "$(json_string "$machine_id_source")" "$(json_lines "$STATE/warnings")"
}

write_status() {
	status_json >"$STATE/status.json"
}

# pam_motd shows /run/motd.d
write_motd() {
	[ -s "$STATE/warnings" ] || return 0
	mkdir -p "$RUN/motd.d"
	sed 's/^/rpilive: WARNING: /' "$STATE/warnings" >"$RUN/motd.d/10-rpilive"
}
