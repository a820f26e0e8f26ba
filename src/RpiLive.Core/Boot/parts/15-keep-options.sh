# shellcheck shell=sh
# Settings of stores and keep rules. They live as files below STATE/conf: one directory a store with one file a property, and the
# rules in the order given, one a line: DIRECTORY:MODE:STORE:SIZE:SOURCE (no field can hold a colon).

MAX_STORES=8 MAX_RULES=64
persistence_reason='' medium_has_container=no

forget_stores() {
	rm -rf "$STATE/conf"
	rule_count=0
}

# store_set NAME PROPERTY VALUE
store_set() {
	mkdir -p "$STATE/conf/stores/$1"
	printf '%s\n' "$3" >"$STATE/conf/stores/$1/$2"
}

# store_get NAME PROPERTY [DEFAULT]: sets store_value. (A variable, since each subshell costs a slow board a process.)
store_get() {
	store_value=${3:-}
	[ ! -r "$STATE/conf/stores/$1/$2" ] || IFS= read -r store_value <"$STATE/conf/stores/$1/$2"
}

# list_stores: sets store_list to those that have a kind; others were never said what they are
list_stores() {
	store_list=
	for store_entry in "$STATE"/conf/stores/*/kind; do
		[ -e "$store_entry" ] || continue
		store_entry=${store_entry%/kind}
		store_list="$store_list ${store_entry##*/}"
	done
}

# is_store_name TEXT
is_store_name() {
	case $1 in [!a-z]* | *[!a-z0-9]* | '') return 1 ;; esac
	[ "${#1}" -le 15 ]
}

# can_have_kind NAME KIND: eight stores at most, and one on the partition and in the folder each
can_have_kind() {
	kind_count=0
	list_stores
	for kind_name in $store_list; do
		[ "$kind_name" != "$1" ] || continue
		kind_count=$((kind_count + 1))
		store_get "$kind_name" kind
		if [ "$2" != usb ] && [ "$store_value" = "$2" ]; then return 1; fi
	done
	[ "$kind_count" -lt "$MAX_STORES" ]
}

# set_store KEY VALUE: KEY is NAME or NAME.PROPERTY; status as set_option
set_store() {
	store_name=${1%%.*}
	is_store_name "$store_name" || return 1
	store_key=${1#"$store_name"}
	store_text=$2
	case $store_key in
		'')
			case $2 in usb | partition | folder) can_have_kind "$store_name" "$2" || return 1 ;; *) return 1 ;; esac
			store_key=.kind
			;;
		.label)
			case $2 in '' | *[[:cntrl:]]*) return 1 ;; esac
			[ "${#2}" -le 48 ] || return 1
			;;
		.uuid)
			case $2 in '' | *[!0-9A-Fa-f-]*) return 1 ;; esac
			[ "${#2}" -le 36 ] || return 1
			;;
		.size)
			is_number "$2" 8 1048576 || return 1
			store_text=$(decimal "$2")
			;;
		.timeout | .flush)
			is_number "$2" 1 3600 || return 1
			store_text=$(decimal "$2")
			;;
		.grow | .readonly) case $2 in yes | no) ;; *) return 1 ;; esac ;;
		.onmissing) case $2 in wait | pristine | stop) ;; *) return 1 ;; esac ;;
		*) return 2 ;;
	esac
	store_set "$store_name" "${store_key#.}" "$store_text"
}

# is_plain_directory TEXT: absolute and normalised, without what mount options and our own files use as separators
is_plain_directory() {
	case $1 in
		[!/]* | '' | / | */ | *//* | */./* | */../* | */. | */.. | *[[:cntrl:]]* | *[,:\\\"]*) return 1 ;;
	esac
	[ "${#1}" -le 1024 ]
}

# is_keepable MODE DIRECTORY: what no rule may touch: it is no part of the image, or the boot depends on it
is_keepable() {
	case $2/ in
		//* | /proc/* | /sys/* | /dev/* | /run/* | /boot/* | /lib/modules/* | /usr/lib/modules/* | /lib/rpilive/* | /usr/lib/rpilive/*) return 1 ;;
		/tmp/*) [ "$1" = tmpfs ] ;;
	esac
}

# set_keep VALUE: MODE STORE DIRECTORY, or tmpfs SIZE DIRECTORY
set_keep() {
	keep_mode=${1%%[[:blank:]]*}
	trim "${1#"$keep_mode"}"
	keep_second=${trimmed%%[[:blank:]]*}
	trim "${trimmed#"$keep_second"}"
	case $keep_mode in
		overlay | bind)
			is_store_name "$keep_second" || return 1
			keep_store=$keep_second keep_size=
			;;
		tmpfs)
			share_text=-
			[ "$keep_second" = - ] || read_share "$keep_second" 100 1 || return 1
			keep_size=$share_text
			keep_store=
			;;
		*) return 1 ;;
	esac
	is_plain_directory "$trimmed" && is_keepable "$keep_mode" "$trimmed" || return 1
	add_rule "$trimmed" "$keep_mode" "$keep_store" "$keep_size" ''
}

# add_rule DIRECTORY MODE STORE SIZE SOURCE
add_rule() {
	[ "$rule_count" -lt "$MAX_RULES" ] || return 1
	rule_count=$((rule_count + 1))
	mkdir -p "$STATE/conf"
	printf '%s:%s:%s:%s:%s\n' "$1" "$2" "$3" "$4" "$5" >>"$STATE/conf/rules"
}

# look_at_medium VOLUME: what the stores need to know of the boot volume while it is mounted. A file live/nokeep, which any PC can
# make, switches persistence off.
look_at_medium() {
	persistence_reason='' medium_has_container=no
	[ ! -f "$1/live/keep/store.ext4" ] || medium_has_container=yes
	if [ "$opt_persistence" = off ]; then
		persistence_reason="switched off by persistence=off"
	elif [ -e "$1/live/nokeep" ] || [ -e "$1/live/nokeep.txt" ]; then
		opt_persistence=off persistence_reason="switched off by the file live/nokeep on the boot volume"
	fi
}
