# shellcheck shell=sh
# Which keep rules hold: links of the image followed, none hides another, parents first. The result is STATE/rules, a line a rule:
# REAL:MODE:STORE:SIZE:SOURCE:DIRECTORY, REAL being DIRECTORY without symbolic links. What became of each rule is STATE/keep, a line
# a rule: STATE:MODE:STORE:REAL:DIRECTORY:REASON.

# resolve_in TREE PATH: sets resolved to the path below TREE with all symbolic links followed as if TREE were the root.
# Status 1 when they go round in circles.
resolve_in() {
	resolved='' resolve_rest=${2#/} resolve_links=0
	while [ -n "$resolve_rest" ]; do
		resolve_name=${resolve_rest%%/*}
		case $resolve_rest in */*) resolve_rest=${resolve_rest#*/} ;; *) resolve_rest= ;; esac
		case $resolve_name in
			'' | .) continue ;;
			..)
				resolved=${resolved%/*}
				continue
				;;
		esac
		if [ ! -L "$1$resolved/$resolve_name" ]; then
			resolved=$resolved/$resolve_name
			continue
		fi
		resolve_links=$((resolve_links + 1))
		[ "$resolve_links" -le 40 ] || return 1
		resolve_target=$(readlink "$1$resolved/$resolve_name")
		case $resolve_target in /*) resolved= ;; esac
		resolve_rest=$resolve_target${resolve_rest:+/$resolve_rest}
	done
}

# note_rule STATE MODE STORE REAL DIRECTORY REASON
note_rule() {
	printf '%s:%s:%s:%s:%s:%s\n' "$1" "$2" "$3" "$4" "$5" "$6" >>"$STATE/keep"
}

# refuse_rule MODE STORE DIRECTORY REASON
refuse_rule() {
	note_rule Refused "$1" "$2" "$3" "$3" "$4"
	warn "$3 is not kept: $4"
}

# nesting_fault MODE REAL: prints why a rule cannot stand beside those already in STATE/rules; nothing when it can
nesting_fault() {
	while IFS=: read -r other_real other_mode other_rest; do
		case $2/ in
			"$other_real"/) printf 'it is the same directory as %s' "${other_rest##*:}" && return ;;
			"$other_real"/*)
				case $1-$other_mode in
					tmpfs-overlay | tmpfs-bind | bind-overlay) ;;
					*) printf '%s inside of %s, which is %s' "$1" "${other_rest##*:}" "$other_mode" && return ;;
				esac
				;;
		esac
	done <"$STATE/rules"
}

# judge_rule DIRECTORY MODE STORE SIZE SOURCE: by itself; into STATE/conf/judged, if it can stand
judge_rule() {
	store_get "$3" kind
	if [ -n "$3" ] && [ -z "$store_value" ]; then
		refuse_rule "$2" "$3" "$1" "the settings know no store $3"
	elif ! resolve_in "$STATE/lower" "$1" || ! is_plain_directory "$resolved" || ! is_keepable "$2" "$resolved"; then
		refuse_rule "$2" "$3" "$1" "it stands for ${resolved:-/}, which cannot be kept"
	elif [ -e "$STATE/lower$resolved" ] && [ ! -d "$STATE/lower$resolved" ]; then
		refuse_rule "$2" "$3" "$1" "it is no directory in the image"
	else
		printf '%s:%s:%s:%s:%s:%s\n' "$resolved" "$2" "$3" "$4" "$5" "$1" >>"$STATE/conf/judged"
	fi
}

# judge_line LINE: a line of STATE/conf/rules
judge_line() {
	IFS=: read -r judge_directory judge_mode judge_store judge_size judge_source <<-END
		$1
	END
	judge_rule "$judge_directory" "$judge_mode" "$judge_store" "$judge_size" "$judge_source"
}

# judge_rules: the last rule for a directory counts; a parent sorts before what is in it
judge_rules() {
	: >"$STATE/rules"
	: >"$STATE/keep"
	[ -s "$STATE/conf/rules" ] || return 0
	: >"$STATE/conf/judged"
	sort -s -t : -k 1,1 "$STATE/conf/rules" >"$STATE/conf/sorted"
	judge_held=
	while IFS= read -r judge_next; do
		if [ -n "$judge_held" ] && [ "${judge_held%%:*}" != "${judge_next%%:*}" ]; then judge_line "$judge_held"; fi
		judge_held=$judge_next
	done <"$STATE/conf/sorted"
	judge_line "$judge_held"
	sort -s -t : -k 1,1 "$STATE/conf/judged" >"$STATE/conf/sorted"
	while IFS=: read -r judge_real judge_mode judge_store judge_size judge_source judge_directory; do
		judge_fault=$(nesting_fault "$judge_mode" "$judge_real")
		if [ -n "$judge_fault" ]; then
			refuse_rule "$judge_mode" "$judge_store" "$judge_directory" "$judge_fault"
		else
			printf '%s:%s:%s:%s:%s:%s\n' "$judge_real" "$judge_mode" "$judge_store" "$judge_size" "$judge_source" "$judge_directory" >>"$STATE/rules"
		fi
	done <"$STATE/conf/sorted"
}
