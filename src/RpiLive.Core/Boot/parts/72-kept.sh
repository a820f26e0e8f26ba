# shellcheck shell=sh
# What follows from directories being kept: a clock that goes on, a journal that lasts, host keys that are not made anew.

# kept_clock: seconds since 1970 that a kept clock file of systemd-timesyncd or fake-hwclock says, 0 for none
kept_clock() {
	kept_seconds=0
	for kept_file in "$ROOT/var/lib/systemd/timesync/clock" "$ROOT/var/lib/private/systemd/timesync/clock"; do
		[ -f "$kept_file" ] || continue
		kept_time=$(stat -c %Y "$kept_file")
		if is_number "$kept_time" 0 253402300799 && [ "$kept_time" -gt "$kept_seconds" ]; then kept_seconds=$kept_time; fi
	done
	kept_text=
	[ ! -f "$ROOT/etc/fake-hwclock.data" ] || IFS= read -r kept_text <"$ROOT/etc/fake-hwclock.data"
	if [ -n "$kept_text" ]; then
		kept_time=$(date -u -d "$kept_text" +%s 2>/dev/null)
		if is_number "$kept_time" 0 253402300799 && [ "$kept_time" -gt "$kept_seconds" ]; then kept_seconds=$kept_time; fi
	fi
	printf '%s' "$kept_seconds"
}

# keep_journal: to disk, where its directory is kept. The image's drop-in that holds it in RAM gives way to one of the same name in
# RUN (journald.conf(5)).
keep_journal() {
	is_kept /var/log/journal || return 0
	for journal_file in "$ROOT"/usr/lib/systemd/journald.conf.d/*rpilive.conf; do
		[ -f "$journal_file" ] || continue
		mkdir -p "$RUN/systemd/journald.conf.d"
		printf '# The journal is kept in a store.\n[Journal]\nStorage=persistent\nRuntimeMaxUse=16M\n' >"$RUN/systemd/journald.conf.d/${journal_file##*/}"
	done
}

# has_host_keys: all of them whole
has_host_keys() {
	keys_count=0
	for keys_file in "$ROOT"/etc/ssh/ssh_host_*_key; do
		[ -e "$keys_file" ] || continue
		[ -s "$keys_file" ] || return 1
		keys_count=$((keys_count + 1))
	done
	[ "$keys_count" -gt 0 ]
}

# keep_host_keys: the service that makes some at a first boot would throw the kept ones away, and so would cloud-init
keep_host_keys() {
	if ! is_kept /etc/ssh || ! has_host_keys; then return 0; fi
	mask_unit regenerate_ssh_host_keys.service
	if is_real_directory "$ROOT/etc/cloud/cloud.cfg.d"; then
		printf 'ssh_deletekeys: false\n' >"$ROOT/etc/cloud/cloud.cfg.d/99-rpilive-keys.cfg"
	fi
}
