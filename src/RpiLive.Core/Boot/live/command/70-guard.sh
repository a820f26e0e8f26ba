# shellcheck shell=sh
# rpilive guard: watches the room for what is written, for the journal and for whoever is logged in.

GUARD_SECONDS=15 GUARD_HYSTERESIS=5

# guard_level OLD PERCENT: sets guard_level to 0, 1 or 2. A level is left only well below where it begins, so that a percentage that
# swings says nothing twice.
guard_level() {
	guard_level=$1
	if [ "$2" -ge "$FAIL_PERCENT" ]; then
		guard_level=2
	elif [ "$2" -ge "$WARN_PERCENT" ]; then
		if [ "$1" -lt 1 ] || [ "$2" -lt $((FAIL_PERCENT - GUARD_HYSTERESIS)) ]; then guard_level=1; fi
	elif [ "$2" -lt $((WARN_PERCENT - GUARD_HYSTERESIS)) ]; then
		guard_level=0
	elif [ "$1" = 2 ]; then
		guard_level=1
	fi
}

# guard_say LEVEL TEXT: to the journal by its level (sd-daemon(3)), and to terminals
guard_say() {
	printf '<%s>%s\n' "$1" "$2"
	wall "RpiLive: $2" 2>/dev/null || :
}

# guard_once: looks, and says what is new
guard_once() {
	read_upper
	guard_level "$guard_now" "$upper_percent"
	if [ "$guard_level" -gt "$guard_now" ]; then
		if [ "$guard_level" = 2 ]; then
			guard_say 3 "what was written takes $upper_percent % of its room in RAM (over $FAIL_PERCENT %). Delete files or restart: at 100 % nothing can be written."
		else
			guard_say 4 "what was written takes $upper_percent % of its room in RAM (over $WARN_PERCENT %); 'rpilive diff' lists it by size."
		fi
	fi
	guard_now=$guard_level
}

guard() {
	guard_now=0
	while :; do
		guard_once
		sleep "$GUARD_SECONDS"
	done
}
