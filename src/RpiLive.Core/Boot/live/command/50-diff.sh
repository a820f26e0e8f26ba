# shellcheck shell=sh
# rpilive diff: what changed against the pristine image.
#
# Three trees are compared: the upper layer (what was written), the lower one (the pristine root), and the merged one (what is seen,
# without what is mounted over it). What the lower one has and the merged one has not is deleted: that covers whiteouts and opaque
# directories alike, and needs no tool for extended attributes. Names are records that end in a newline; on the way a newline in a name
# is octal 001 and B, and octal 001 itself has an A behind it.

# changes FORMAT DIRECTORY
changes() {
	require_root diff || return 2
	changes_work=$(mktemp -d "$STATE/diff.XXXXXX") || return 2
	trap 'rm -rf "$changes_work"' EXIT
	mkdir "$changes_work/merged"
	# In a mount namespace of its own, so that nobody else sees the mount and it goes with the shell.
	# shellcheck disable=SC2016 # for the other shell
	unshare -m sh -c '. "$1/50-diff.sh"; STATE=$2; merge "$3" && list_changes "$4" "$3"' sh "$COMMAND" "$STATE" "$changes_work" "${2%/}" || {
		complain "the changes of $2 cannot be listed"
		return 2
	}
	sort -t ' ' -k 3,3nr -k 4 "$changes_work/list" >"$changes_work/sorted"
	changes_"$1" "$2" <"$changes_work/sorted"
}

# merge WORK: what is seen at /, without what is mounted on it
merge() {
	mount --bind / "$1/merged"
}

# records: names that end in NUL as lines; and back
to_lines() {
	sed -z 's/\x01/\x01A/g; s/\n/\x01B/g' | tr '\000' '\n'
}
to_names() {
	tr '\n' '\000' | sed -z 's/\x01B/\n/g; s/\x01A/\x01/g'
}

# resolve DIRECTORY WORK: sets resolved to the directory as the merged tree has it, without symbolic links; what is none stays as it is
resolve() {
	resolved=$1
	[ -d "$2/merged$1/" ] || return 0
	# A letter keeps newlines at the end of a name. A link that begins with a slash leads to the live root itself.
	resolved=$(cd "$2/merged$1/" && pwd -P && printf x)
	resolved=${resolved%?x}
	resolved=${resolved#"$2/merged"}
	resolved=${resolved%/}
}

# in_image PATH: the lower tree has it, and not by way of a symbolic link
in_image() {
	image_rest=${1#/} image_path=$list_lower
	while [ "$image_rest" != "${image_rest#*/}" ]; do
		image_path=$image_path/${image_rest%%/*}
		image_rest=${image_rest#*/}
		if [ -L "$image_path" ]; then return 1; fi
	done
	is_there "$list_lower$1"
}

# list_changes DIRECTORY WORK: writes WORK/list, a line a change: KIND TYPE BYTES PATH. DIRECTORY is absolute, or empty for all.
list_changes() {
	list_upper=$STATE/upper/root list_lower=$STATE/lower
	resolve "$1" "$2"
	set -- "$resolved" "$2"
	if in_image "$1" && ! is_there "$2/merged$1"; then
		{
			printf 'D '
			printf '%s\0' "$list_lower$1" | to_lines
		} >"$2/changed"
	else
		{
			if is_there "$list_upper$1"; then
				find "$list_upper$1" -printf 'U %y %m:%U:%G %s:%T@ %p\0'
				# What the lower one has at the same places; find complains of what is not there.
				find "$list_upper$1" -print0 | sed -z "s|^$list_upper|$list_lower|" | find_each 'L %y %m:%U:%G %s:%T@ %p\0' -maxdepth 0
			fi
			# What directories hold that are in both.
			{
				# A symbolic link is no directory, wherever it leads.
				[ ! -d "$2/merged$1" ] || [ -L "$2/merged$1" ] || printf '%s\0' "$list_upper$1"
				[ ! -d "$list_upper$1" ] || find "$list_upper$1" -mindepth 1 -type d -print0
			} >"$2/directories"
			sed -z "s|^$list_upper|$list_lower|" "$2/directories" | find_each 'C %p\0' -mindepth 1 -maxdepth 1
			sed -z "s|^$list_upper|$2/merged|" "$2/directories" | find_each 'V %p\0' -mindepth 1 -maxdepth 1
		} | to_lines | compare "$list_upper" "$list_lower" "$2/merged" "$1" >"$2/changed"
	fi
	{
		sed -n '/^[AM] /p' "$2/changed"
		# What has the size and the time of the image's can still be other content.
		sed -n 's/^S //p' "$2/changed" | to_names | find_different "$list_upper" "$list_lower" | find_each 'M %y %s %p\0' -maxdepth 0 | to_lines | without "$list_upper"
		# Whatever was below something that is deleted, or is no directory any more, is deleted too.
		{
			sed -n 's/^D //p' "$2/changed" | to_names | find_each 'D %y %s %p\0'
			sed -n 's/^B //p' "$2/changed" | to_names | find_each 'D %y %s %p\0' -mindepth 1
		} | to_lines | without "$list_lower"
	} >"$2/list"
}

# without PREFIX: lines of the list, whose paths begin with PREFIX
without() {
	awk -v skip="${#1}" '{ n = length($1) + length($2) + length($3) + 3; print substr($0, 1, n) substr($0, n + 1 + skip) }'
}

# find_different UPPER LOWER: of the paths on standard input, those in UPPER that are not as in LOWER
find_different() {
	# shellcheck disable=SC2016 # for the other shell
	xargs -0 -r sh -c '
		upper=$1 lower=$2
		shift 2
		for path in "$@"; do
			if [ -L "$upper$path" ]; then
				[ "$(readlink "$upper$path" && printf x)" = "$(readlink "$lower$path" && printf x)" ]
			else
				cmp -s "$upper$path" "$lower$path"
			fi || printf "%s\0" "$upper$path"
		done' sh "$1" "$2"
}

# is_there PATH: also a symbolic link that leads nowhere
is_there() {
	[ -e "$1" ] || [ -L "$1" ]
}

# find_each FORMAT TEST…: find with these tests at each of the paths that come on standard input, silent about those that are not there
find_each() {
	# shellcheck disable=SC2016 # for the other shell
	xargs -0 -r sh -c '
		format=$1 tests=$2
		shift 2
		# shellcheck disable=SC2086
		find "$@" $tests -printf "$format" 2>/dev/null
		:' sh "$1" "$(shift && printf '%s' "$*")"
}

# compare UPPER LOWER MERGED DIRECTORY: says of each path what became of it: A or M; S with the path alone: its content has to tell; D and B
# with a path in LOWER: it and all below it is deleted, or all below it alone
compare() {
	if in_image "$4"; then compare_image=1; else compare_image=0; fi
	# By the environment, since awk takes backslashes of -v for itself.
	COMPARE_TOP=$(printf '%s\0' "$4" | to_lines) awk -v upper="${#1}" -v lower="$2" -v merged="${#3}" -v in_image="$compare_image" '
		# What comes after n fields, which have no blanks.
		function rest(n,   at) {
			at = 0
			while (n-- > 0) at += index(substr($0, at + 1), " ")
			return substr($0, at + 1)
		}
		function parent(path) {
			sub("/[^/]*$", "", path)
			return path
		}
		# What the lower tree has below anything but directories is by way of a symbolic link, and no part of the image.
		function existed(path) {
			if (!(path in old_kind)) return 0
			return path == top ? in_image : (parent(path) in common)
		}
		BEGIN {
			top = ENVIRON["COMPARE_TOP"]
			seen[top] = 1
			# Of a directory that nothing was written to.
			if (in_image) common[top] = 1
		}
		$1 == "U" { path = substr(rest(4), upper + 1); order[++count] = path; kind[path] = $2; rights[path] = $3; stamp[path] = $4; next }
		$1 == "L" { path = substr(rest(4), length(lower) + 1); old_kind[path] = $2; old_rights[path] = $3; old_stamp[path] = $4; next }
		$1 == "C" { below[++below_count] = substr(rest(1), length(lower) + 1); next }
		$1 == "V" { seen[substr(rest(1), merged + 1)] = 1; next }
		END {
			for (i = 1; i <= count; i++) {
				path = order[i]
				if (path == top) delete common[path]
				if (existed(path) && kind[path] == "d" && old_kind[path] == "d") common[path] = 1
			}
			for (i = 1; i <= count; i++) {
				path = order[i]
				# A whiteout is there for the upper layer alone; of where we began only rights and owner can have changed.
				if (!(path in seen) || (path == "" && kind[path] == "d")) continue
				split(stamp[path], size, ":")
				if (!existed(path)) {
					print "A", kind[path], size[1], path
					continue
				}
				if (kind[path] != old_kind[path] || rights[path] != old_rights[path] || (kind[path] != "d" && stamp[path] != old_stamp[path]))
					print "M", kind[path], size[1], path
				else if (kind[path] == "f" || kind[path] == "l") print "S " path
				if (old_kind[path] == "d" && kind[path] != "d") print "B " lower path
			}
			for (i = 1; i <= below_count; i++)
				if (!(below[i] in seen) && (parent(below[i]) in common)) print "D " lower below[i]
		}'
}

# changes_text DIRECTORY: what the user reads; sizes of directories say nothing
changes_text() {
	awk '
		BEGIN { for (i = 1; i < 128; i++) if (i < 32 || i == 127) code[sprintf("%c", i)] = sprintf("\\%03o", i) }
		# Control characters as in C, so that no name speaks to the terminal.
		function shown(text,   out, i, c) {
			if (text !~ /[\001-\037\177]/) return text
			gsub(/\001B/, "\n", text)
			gsub(/\001A/, "\001", text)
			out = ""
			for (i = 1; i <= length(text); i++) {
				c = substr(text, i, 1)
				out = out (c == "\n" ? "\\n" : ((c in code) ? code[c] : c))
			}
			return out
		}
		{
			kind = $1; bytes = $2 == "d" ? 0 : $3
			path = shown(substr($0, length($1) + length($2) + length($3) + 4))
			printf "%s %12d %s%s\n", kind, bytes, path, $2 == "d" ? "/" : ""
			count[kind]++
			if (kind != "D") taken += bytes
		}
		END { printf "%d added, %d modified, %d deleted; %d bytes\n", count["A"], count["M"], count["D"], taken }'
}

changes_json() {
	printf '{"schema":"rpilive.diff","schemaVersion":1,"directory":%s,"entries":[' "$(json_string "$1")"
	awk '
		BEGIN {
			for (i = 1; i < 32; i++) code[sprintf("%c", i)] = sprintf("\\u%04x", i)
			code["\n"] = "\\n"; code["\""] = "\\\""; code["\\"] = "\\\\"
			name["A"] = "Created"; name["M"] = "Modified"; name["D"] = "Deleted"
			type["f"] = "File"; type["d"] = "Directory"; type["l"] = "Link"
		}
		# Bytes that are no UTF-8 become U+FFFD.
		function utf8(text,   out, n) {
			if (text !~ /[\200-\377]/) return text
			out = ""
			while (text != "") {
				# RFC 3629, section 4: neither surrogates nor what has a shorter form.
				if (match(text, /^[^\200-\377]+/) || match(text, /^[\302-\337][\200-\277]/) ||
					match(text, /^(\340[\240-\277]|[\341-\354\356\357][\200-\277]|\355[\200-\237])[\200-\277]/) ||
					match(text, /^(\360[\220-\277]|[\361-\363][\200-\277]|\364[\200-\217])[\200-\277][\200-\277]/)) n = RLENGTH
				else n = 0
				out = out (n ? substr(text, 1, n) : "\357\277\275")
				text = substr(text, n ? n + 1 : 2)
			}
			return out
		}
		function quoted(text,   out, i, c) {
			if (text ~ /[\001-\037"\\]/) {
				gsub(/\001B/, "\n", text)
				gsub(/\001A/, "\001", text)
				out = ""
				for (i = 1; i <= length(text); i++) { c = substr(text, i, 1); out = out ((c in code) ? code[c] : c) }
				text = out
			}
			return "\"" utf8(text) "\""
		}
		{
			bytes = $2 == "d" ? 0 : $3
			path = substr($0, length($1) + length($2) + length($3) + 4)
			printf "%s{\"kind\":\"%s\",\"type\":\"%s\",\"bytes\":%d,\"path\":%s}", separator, name[$1], ($2 in type) ? type[$2] : "Other", bytes, quoted(path)
			separator = ","
			count[$1]++
			if ($1 != "D") taken += bytes
		}
		END { printf "],\"created\":%d,\"modified\":%d,\"deleted\":%d,\"bytes\":%d}\n", count["A"], count["M"], count["D"], taken }'
}
