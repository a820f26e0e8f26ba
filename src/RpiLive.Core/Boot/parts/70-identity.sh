# shellcheck shell=sh
# What a pristine root lacks: a machine id that lasts, and a clock that is not in the past.

machine_id_source=image

# board_serial: the board's serial number; status 1 where there is none
board_serial() {
	serial=
	[ ! -r "$PROC/device-tree/serial-number" ] || serial=$(tr -d '\0' <"$PROC/device-tree/serial-number")
	[ -n "$serial" ] || serial=$(sed -n 's/^Serial[[:blank:]]*: *//p' "$PROC/cpuinfo" | head -n 1)
	case $serial in *[!0]*) printf '%s' "$serial" ;; *) return 1 ;; esac
}

# machine_id_of TEXT: 32 hex digits in the form of a random UUID, as machine-id(5) asks; the serial cannot be told from it
machine_id_of() {
	printf 'rpilive-%s' "$1" | sha256sum | sed 's/^\(.\{12\}\).\(.\{3\}\).\(.\{15\}\).*/\14\28\3/'
}

# set_machine_id: only where the image has none; "uninitialized" would make each boot a first boot (machine-id(5))
set_machine_id() {
	machine_id_file=$ROOT/etc/machine-id
	if [ -L "$machine_id_file" ]; then
		warn "/etc/machine-id is a symbolic link; left as it is"
		return 0
	fi
	machine_id=
	[ ! -r "$machine_id_file" ] || read -r machine_id <"$machine_id_file"
	case $machine_id in '' | uninitialized) ;; *) return 0 ;; esac
	if serial=$(board_serial); then
		machine_id=$(machine_id_of "$serial") machine_id_source=serial
	else
		machine_id=$(tr -d - <"$PROC/sys/kernel/random/uuid") machine_id_source=random
	fi
	mkdir -p "$ROOT/etc"
	printf '%s\n' "$machine_id" >"$machine_id_file" || warn "cannot write /etc/machine-id"
	chmod 444 "$machine_id_file"
}

# set_clock EPOCH: a Pi without a clock chip starts in 1970, where no certificate is valid yet
set_clock() {
	[ "$(date +%s)" -ge "$1" ] || date -s "@$1" >/dev/null || warn "cannot set the clock"
}
