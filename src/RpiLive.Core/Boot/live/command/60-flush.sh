# shellcheck shell=sh
# rpilive flush: what is kept goes to its stores now.

# flush FORMAT: json or text
flush() {
	require_root flush || return 2
	list_stores
	flush_status=0 flush_list=
	for flush_name in $stores; do
		read_store "$flush_name"
		[ "$store_state" = Mounted ] || [ "$store_state" = Lost ] || continue
		flush_done=true
		if [ "$store_state" = Lost ] || ! sync -f "$STATE/stores/$flush_name" 2>/dev/null; then flush_done=false flush_status=2; fi
		flush_list="$flush_list $flush_name:$flush_done"
	done
	if [ "$1" = json ]; then
		flush_json "$flush_list"
	else
		for flush_item in $flush_list; do
			case $flush_item in
				*:true) printf 'store %s: flushed\n' "${flush_item%:*}" ;;
				*) complain "store ${flush_item%:*} cannot be flushed" ;;
			esac
		done
	fi
	return "$flush_status"
}

# flush_json LIST
flush_json() {
	flush_separator=
	printf '{"schema":"rpilive.flush","schemaVersion":1,"stores":['
	for flush_item in $1; do
		printf '%s{"name":"%s","flushed":%s}' "$flush_separator" "${flush_item%:*}" "${flush_item#*:}"
		flush_separator=,
	done
	printf ']}\n'
}
