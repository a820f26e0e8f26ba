# shellcheck shell=sh
# persistence.conf as live-boot reads it (persistence.conf(5)), at the root of a store: DIRECTORY [OPTION,…] a line. Its rules join
# those of the settings, which win for the same directory.

# read_persistence_confs: of all stores that are mounted
read_persistence_confs() {
	[ "$opt_persistence" = on ] || return 0
	mkdir -p "$STATE/conf"
	: >>"$STATE/conf/rules"
	mv "$STATE/conf/rules" "$STATE/conf/own"
	list_stores
	for conf_store in $store_list; do
		store_get "$conf_store" state
		case $store_value in Mounted | ReadOnly) ;; *) continue ;; esac
		conf_file=$STATE/stores/$conf_store/persistence.conf
		if [ -f "$conf_file" ] && [ ! -L "$conf_file" ]; then read_persistence_conf "$conf_store" "$conf_file"; fi
	done
	cat "$STATE/conf/own" >>"$STATE/conf/rules"
}

# read_persistence_conf STORE FILE
read_persistence_conf() {
	conf_text=$(dd if="$2" bs=65536 count=1 2>/dev/null | tr -d '\r\000') conf_faults=0
	while IFS= read -r conf_line; do
		trim "$conf_line"
		case $trimmed in '' | '#'*) continue ;; esac
		conf_line=$trimmed conf_directory=${trimmed%%[[:blank:]]*}
		trim "${conf_line#"$conf_directory"}"
		[ "$conf_directory" = / ] || conf_directory=${conf_directory%/}
		conf_rule "$1" "$conf_directory" "$trimmed" && continue
		warn "store $1, persistence.conf: '$conf_line' is passed over: $conf_fault"
		conf_faults=$((conf_faults + 1))
		[ "$conf_faults" -lt 10 ] || break
	done <<-END
		$conf_text
	END
}

# conf_rule STORE DIRECTORY OPTIONS: status 1 and conf_fault when it cannot be a rule
conf_rule() {
	conf_mode=bind conf_source=${2#/}
	conf_rest=$3,
	while [ -n "$conf_rest" ]; do
		conf_option=${conf_rest%%,*}
		conf_rest=${conf_rest#*,}
		case $conf_option in
			'' | bind) ;;
			union) conf_mode=overlay ;;
			source=*) conf_source=${conf_option#source=} ;;
			link)
				conf_fault="links into the store break programs that replace files; use bind or union"
				return 1
				;;
			*)
				conf_fault="the option '$conf_option' is not known"
				return 1
				;;
		esac
	done
	conf_fault="this directory cannot be kept"
	is_plain_directory "$2" && is_keepable "$conf_mode" "$2" || return 1
	conf_fault="source has to be a directory of the store, and none of RpiLive's own"
	case /$conf_source/ in
		/./) ;;
		/rpilive/* | /lost+found/*) return 1 ;;
		*) is_plain_directory "/$conf_source" || return 1 ;;
	esac
	conf_fault="there are more than $MAX_RULES rules"
	add_rule "$2" "$conf_mode" "$1" '' "$conf_source"
}
