# shellcheck shell=sh
# rpilive report: what a test of the image wants to know of the running system, for who listens on the serial port.
#
# A service of the image runs it where the kernel command line has rpilive.report=restart or =poweroff, which also says what follows.
# It leaves a mark in some directories and tells which marks it finds: after a restart there may be none, but in what is kept.

REPORT_MARK=.rpilive-report

# report_directories: where marks are left, one a line
report_directories() {
	printf '%s\n' / /etc /root /home /var/lib /var/log /srv
	[ ! -r "$STATE/keep" ] || cut -d : -f 5 "$STATE/keep"
}

# report_marks: the directories with a mark, as members of an array
report_marks() {
	marks_separator=
	report_directories | sort -u | while IFS= read -r marks_directory; do
		[ -e "$marks_directory/$REPORT_MARK" ] || continue
		printf '%s' "$marks_separator"
		json_string "$marks_directory"
		marks_separator=,
	done
}

leave_marks() {
	report_directories | sort -u | while IFS= read -r marks_directory; do
		[ ! -d "$marks_directory" ] || : >"$marks_directory/$REPORT_MARK"
	done 2>/dev/null
}

# report_units: units that failed, as members of an array
report_units() {
	units_separator=
	systemctl list-units --state=failed --plain --no-legend --full 2>/dev/null | while read -r units_name units_rest; do
		: "$units_rest"
		printf '%s' "$units_separator"
		json_string "$units_name"
		units_separator=,
	done
}

# settle: waits until nothing is left to start, five minutes at most
settle() {
	settle_left=300
	while [ "$settle_left" -gt 0 ]; do
		settled=$(systemctl is-system-running 2>/dev/null)
		case $settled in running | degraded | maintenance | stopping) return 0 ;; esac
		sleep 1
		settle_left=$((settle_left - 1))
	done
}

# report_json: sets report_text
report_json() {
	judge
	report_target=$(systemctl get-default 2>/dev/null)
	report_root=$(while read -r root_source root_place root_type root_rest; do
		: "$root_source" "$root_rest"
		[ "$root_place" != / ] || printf '%s' "$root_type"
	done <"$PROC/mounts")
	report_text=$(printf '{"schema":"rpilive.report","schemaVersion":1,"system":%s,"target":%s,"targetState":%s,"rootType":%s,"failedUnits":[%s],"marks":[%s],"status":%s}' \
		"$(json_string "$settled")" "$(json_string "$report_target")" "$(json_string "$(systemctl is-active "$report_target" 2>/dev/null)")" \
		"$(json_string "$report_root")" "$(report_units)" "$(report_marks)" "$(status_json)")
}

report() {
	require_root report || return 1
	settle
	report_json
	leave_marks
	sync
	# Twice, as the kernel may print into one of them.
	for report_time in 1 2; do
		report_line system "$report_text" >"$DEV/console"
		[ "$report_time" = 2 ] || sleep 1
	done
	case " $(cat "$PROC/cmdline") " in
		*' rpilive.report=restart '*) systemctl reboot ;;
		*' rpilive.report=poweroff '*) systemctl poweroff ;;
	esac
}
