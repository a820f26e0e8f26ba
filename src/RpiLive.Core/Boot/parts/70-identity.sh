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

# own_machine_id: sets machine_id and machine_id_source to what this board gets without a store
own_machine_id() {
	if serial=$(board_serial); then
		machine_id=$(machine_id_of "$serial") machine_id_source=serial
	else
		machine_id=$(tr -d - <"$PROC/sys/kernel/random/uuid") machine_id_source=random
	fi
}

# kept_machine_id NAME: sets machine_id to the one in a store, which gets own_machine_id's when it has none. Status 1 when it cannot.
kept_machine_id() {
	kept_home=$STATE/stores/$1/rpilive
	store_get "$1" state
	case $store_value in Mounted | ReadOnly) ;; *) return 1 ;; esac
	kept_id=
	[ ! -f "$kept_home/machine-id" ] || read -r kept_id <"$kept_home/machine-id"
	case $kept_id in *[!0-9a-f]*) kept_id= ;; esac
	if [ "${#kept_id}" = 32 ]; then
		machine_id=$kept_id machine_id_source=store
		return 0
	fi
	[ "$store_value" = Mounted ] || return 1
	printf '%s\n' "$machine_id" >"$kept_home/machine-id.partial" && sync && mv "$kept_home/machine-id.partial" "$kept_home/machine-id" && sync ||
		return 1
	machine_id_source=store
}

# first_writable_store
first_writable_store() {
	list_stores
	for writable_name in $store_list; do
		store_get "$writable_name" state
		if [ "$store_value" = Mounted ]; then
			printf '%s' "$writable_name"
			return
		fi
	done
}

# set_machine_id: only where the image has none; "uninitialized" would make each boot a first boot (machine-id(5)). A kept journal
# is filed under the id, so one that would be random goes to a store, asked for or not.
set_machine_id() {
	machine_id_file=$ROOT/etc/machine-id
	if [ -L "$machine_id_file" ]; then
		warn "/etc/machine-id is a symbolic link; left as it is"
		return 0
	fi
	machine_id=
	[ ! -r "$machine_id_file" ] || read -r machine_id <"$machine_id_file"
	case $machine_id in '' | uninitialized) ;; *) return 0 ;; esac
	own_machine_id
	if [ -z "$opt_machineid" ] && [ "$machine_id_source" = random ]; then opt_machineid=$(first_writable_store); fi
	if [ -n "$opt_machineid" ]; then
		kept_machine_id "$opt_machineid" || warn "the machine id is not kept: store $opt_machineid does not take it"
	fi
	mkdir -p "$ROOT/etc"
	printf '%s\n' "$machine_id" >"$machine_id_file" || warn "cannot write /etc/machine-id"
	chmod 444 "$machine_id_file"
}

# set_clock EPOCH: a Pi without a clock chip starts in 1970, where no certificate is valid yet
set_clock() {
	[ "$(date +%s)" -ge "$1" ] || date -s "@$1" >/dev/null || warn "cannot set the clock"
}
