# shellcheck shell=sh
# Options: defaults < live/rpilive.conf on the boot volume < rpilive.* words of the kernel command line.
#
# Values are only compared and assigned, never run. A value that is not allowed is named in a warning and changes nothing.

default_options() {
	opt_root=auto opt_verify=auto opt_onerror=stop opt_reserve=160 opt_timeout=30 opt_upper=50% opt_quiet=no opt_clock=0
	opt_shell='' opt_debug=no opt_report=no opt_init=/sbin/init opt_persistence=on opt_machineid='' opt_upper_inodes='' opt_lowmemory=medium
	default_zram
	forget_stores
}

# is_number TEXT MIN MAX; 12 digits are safe to compute with
is_number() {
	case $1 in '' | *[!0-9]*) return 1 ;; esac
	[ "${#1}" -le 12 ] && [ "$1" -ge "$2" ] && [ "$1" -le "$3" ]
}

# decimal TEXT: without leading zeros, which would make it octal in arithmetic
decimal() {
	decimal_value=$1
	while [ "${#decimal_value}" -gt 1 ] && [ "${decimal_value#0}" != "$decimal_value" ]; do decimal_value=${decimal_value#0}; done
	printf '%s' "$decimal_value"
}

# read_share TEXT MAX_PERCENT MIN_MIB: sets share_text to a share of the memory, in percent or MiB, without leading zeros
read_share() {
	case $1 in
		*%)
			is_number "${1%\%}" 1 "$2" || return 1
			share_text=$(decimal "${1%\%}")%
			;;
		*)
			is_number "$1" "$3" 1048576 || return 1
			share_text=$(decimal "$1")
			;;
	esac
}

# set_option KEY VALUE: status 1 when the value is not allowed, 2 when the key is not known
set_option() {
	case $1 in
		root) case $2 in auto | ram | medium) opt_root=$2 ;; *) return 1 ;; esac ;;
		verify) case $2 in auto | yes | no) opt_verify=$2 ;; *) return 1 ;; esac ;;
		onerror) case $2 in stop | reboot | shell) opt_onerror=$2 ;; *) return 1 ;; esac ;;
		quiet) case $2 in yes | no) opt_quiet=$2 ;; *) return 1 ;; esac ;;
		reserve)
			is_number "$2" 0 1048576 || return 1
			opt_reserve=$(decimal "$2")
			;;
		timeout)
			is_number "$2" 1 3600 || return 1
			opt_timeout=$(decimal "$2")
			;;
		clock)
			is_number "$2" 0 253402300799 || return 1
			opt_clock=$(decimal "$2")
			;;
		upper)
			read_share "$2" 100 1 || return 1
			opt_upper=$share_text
			;;
		upper.inodes)
			is_number "$2" 1000 1000000000 || return 1
			opt_upper_inodes=$(decimal "$2")
			;;
		lowmemory) case $2 in medium | stop) opt_lowmemory=$2 ;; *) return 1 ;; esac ;;
		zram | zram.*) set_zram "${1#zram}" "$2" ;;
		persistence) case $2 in on | off) opt_persistence=$2 ;; *) return 1 ;; esac ;;
		machineid)
			is_store_name "$2" || return 1
			opt_machineid=$2
			;;
		store.*) set_store "${1#store.}" "$2" ;;
		keep) set_keep "$2" ;;
		*) return 2 ;;
	esac
}

# trim TEXT: sets trimmed, without blanks at its ends
trim() {
	trimmed=${1#"${1%%[![:blank:]]*}"}
	trimmed=${trimmed%"${trimmed##*[![:blank:]]}"}
}

# read_settings FILE: lines key=value; line ends and byte order marks of Windows editors are no fault.
# Keys that are not known belong to another version and are passed over.
read_settings() {
	settings_text=$(dd if="$1" bs=65536 count=1 2>/dev/null | tr -d '\r\000')
	settings_text=${settings_text#"$(printf '\357\273\277')"}
	settings_faults=0
	while IFS= read -r settings_line; do
		if [ "$settings_faults" -ge 10 ]; then
			warn "live/rpilive.conf: too many faults, the rest is passed over"
			break
		fi
		trim "$settings_line"
		case $trimmed in
			'' | '#'*) continue ;;
			*=*) ;;
			*)
				warn "live/rpilive.conf: '$trimmed' is not of the form key=value"
				settings_faults=$((settings_faults + 1))
				continue
				;;
		esac
		settings_line=$trimmed
		trim "${settings_line%%=*}"
		settings_key=$trimmed
		trim "${settings_line#*=}"
		settings_value=$trimmed
		set_option "$settings_key" "$settings_value"
		if [ $? -eq 1 ]; then
			warn "live/rpilive.conf: $settings_key cannot be '$settings_value'"
			settings_faults=$((settings_faults + 1))
		fi
	done <<-END
		$settings_text
	END
}

read_command_line() {
	command_line=
	read -r command_line <"$PROC/cmdline" || [ -n "$command_line" ] || return 0
	set -f
	for command_word in $command_line; do
		case $command_word in
			rpilive.shell) opt_shell=late ;;
			rpilive.shell=early | rpilive.shell=medium | rpilive.shell=root | rpilive.shell=stores | rpilive.shell=late) opt_shell=${command_word#*=} ;;
			rpilive.debug) opt_debug=yes ;;
			rpilive.report=restart | rpilive.report=poweroff) opt_report=yes ;;
			rpilive.*=*)
				command_key=${command_word%%=*}
				set_option "${command_key#rpilive.}" "${command_word#*=}" ||
					warn "kernel command line: '$command_word' is not known or its value not allowed"
				;;
			rpilive.*) warn "kernel command line: '$command_word' is not known" ;;
			init=/*) opt_init=${command_word#init=} ;;
		esac
	done
	set +f
}

# read_options [FILE]: all sources in order; the file only once the boot volume is there
read_options() {
	default_options
	[ ! -f "${1:-}" ] || read_settings "$1"
	read_command_line
}
