# shellcheck shell=sh
# The keep rules, put over the live root. Overlays have the squashfs itself below, never another overlay.

# escape_directory PATH: as one file name: without its first slash, % as %25 and / as %2F
escape_directory() {
	printf '%s' "${1#/}" | sed 's|%|%25|g; s|/|%2F|g'
}

# prepare_point REAL: the mount point in the live root, made where the image has none. No part of it may be a symbolic link: inside
# of what is kept a user could have put one that leads elsewhere.
prepare_point() {
	point_done='' point_rest=${1#/}
	while [ -n "$point_rest" ]; do
		point_done=$point_done/${point_rest%%/*}
		case $point_rest in */*) point_rest=${point_rest#*/} ;; *) point_rest= ;; esac
		if [ -L "$ROOT$point_done" ]; then return 1; fi
		[ -d "$ROOT$point_done" ] || mkdir "$ROOT$point_done" 2>/dev/null || return 1
	done
}

# look_like REAL DIRECTORY: owner and mode of the image's directory, for one that takes its place
look_like() {
	like_source=$STATE/lower$1
	[ -d "$like_source" ] || return 0
	chown "$(stat -c %u:%g "$like_source")" "$2" && chmod "$(stat -c %a "$like_source")" "$2"
}

# lower_of REAL: the image's directory, or an empty one
lower_of() {
	if [ -d "$STATE/lower$1" ]; then
		printf '%s' "$STATE/lower$1"
	else
		mkdir -p "$STATE/empty"
		printf '%s' "$STATE/empty"
	fi
}

# mount_overlay LOWER UPPER WORK POINT. The features that tie an upper layer to one lower layer stay off: the next image is another.
mount_overlay() {
	mount -t overlay -o "lowerdir=$1,upperdir=$2,workdir=$3,redirect_dir=off,index=off,metacopy=off" overlay "$4" 2>/dev/null
}

# in_root COMMAND ARGUMENTS: the image's own program in the live root, with our RUN inside, since busybox's cp knows no attributes
in_root() {
	is_real_directory "$ROOT$RUN" || return 1
	mount -o rbind "$RUN" "$ROOT$RUN" || return 1
	LC_ALL=C chroot "$ROOT" "$@" </dev/null
	in_root_status=$?
	umount -l "$ROOT$RUN"
	return "$in_root_status"
}

# source_parts STORE SOURCE: status 1 unless each part of a path that persistence.conf gives is a directory or not there yet
source_parts() {
	parts_done=$STATE/stores/$1 parts_rest=$2
	while [ -n "$parts_rest" ]; do
		parts_done=$parts_done/${parts_rest%%/*}
		case $parts_rest in */*) parts_rest=${parts_rest#*/} ;; *) parts_rest= ;; esac
		if [ -L "$parts_done" ]; then return 1; fi
		if [ -e "$parts_done" ] && [ ! -d "$parts_done" ]; then return 1; fi
	done
}

# make_upper DIRECTORY UPPER REAL: upper and work directory of an overlay; whole or not there
make_upper() {
	if is_real_directory "$1/$2"; then
		[ -d "$1/work" ] || mkdir "$1/work"
		return
	fi
	rm -rf "$1.partial"
	mkdir -p "$1.partial/$2" "$1.partial/work" && look_like "$3" "$1.partial/$2" && sync || return 1
	if [ -d "$1" ]; then
		# live-boot keeps other things beside.
		mv "$1.partial/$2" "$1/$2" && { [ -d "$1/work" ] || mkdir "$1/work"; } && rm -rf "$1.partial"
	else
		mv "$1.partial" "$1"
	fi && sync
}

# seed DIRECTORY REAL: the content of a bind rule as the image has it; whole or not there
seed() {
	rm -rf "$1.partial" "$STATE/seed"
	mkdir -p "${1%/*}" || return 1
	if [ -d "$STATE/lower$2" ]; then
		in_root cp -a "$STATE/lower$2" "$1.partial" >"$STATE/seed" 2>&1
	else
		mkdir "$1.partial"
	fi && sync && mv "$1.partial" "$1" && sync && return 0
	rm -rf "$1.partial"
	return 1
}

# keep_overlay REAL STORE SOURCE WRITABLE: status 1 and keep_fault when it cannot be
keep_overlay() {
	if [ -n "$3" ]; then
		overlay_home=$STATE/stores/$2/$3 overlay_upper=rw
	else
		overlay_home=$STATE/stores/$2/rpilive/overlay/$(escape_directory "$1") overlay_upper=upper
	fi
	if [ "$4" = no ]; then
		keep_in_memory "$1" "$overlay_home/$overlay_upper"
		return
	fi
	keep_fault="the store has no room for it"
	make_upper "$overlay_home" "$overlay_upper" "$1" || return 1
	keep_fault="its overlay cannot be mounted"
	mount_overlay "$(lower_of "$1")" "$overlay_home/$overlay_upper" "$overlay_home/work" "$ROOT$1"
}

# keep_bind REAL STORE SOURCE WRITABLE
keep_bind() {
	bind_home=$STATE/stores/$2/${3:-rpilive/bind/$(escape_directory "$1")}
	if [ "$4" = no ]; then
		keep_in_memory "$1" "$bind_home"
		return
	fi
	if ! is_real_directory "$bind_home" && ! seed "$bind_home" "$1"; then
		keep_fault="what the image has there cannot be copied to the store: $(tail -n 1 "$STATE/seed" 2>/dev/null)"
		return 1
	fi
	keep_fault="it cannot be mounted"
	mount -o bind "$bind_home" "$ROOT$1"
}

# keep_in_memory REAL KEPT: what a store keeps that is not written: seen, with changes in RAM
keep_in_memory() {
	memory_home=$STATE/upper/keep/$(escape_directory "$1")
	mkdir -p "$memory_home/upper" "$memory_home/work"
	memory_lower=$(lower_of "$1")
	look_like "$1" "$memory_home/upper"
	if is_real_directory "$2"; then
		chown "$(stat -c %u:%g "$2")" "$memory_home/upper" && chmod "$(stat -c %a "$2")" "$memory_home/upper"
		# What a bind rule keeps is all there is.
		case $rule_mode in bind) memory_lower=$2 ;; *) memory_lower=$2:$memory_lower ;; esac
	fi
	keep_fault="its overlay cannot be mounted"
	mount_overlay "$memory_lower" "$memory_home/upper" "$memory_home/work" "$ROOT$1"
}

# keep_tmpfs REAL SIZE
keep_tmpfs() {
	tmpfs_options=nosuid,nodev
	case $2 in - | '') ;; *%) tmpfs_options=$tmpfs_options,size=$2 ;; *) tmpfs_options=$tmpfs_options,size=$2m ;; esac
	keep_fault="no tmpfs can be mounted"
	tmpfs_owner=$(stat -c %u:%g "$ROOT$1") tmpfs_mode=$(stat -c %a "$ROOT$1")
	mount -t tmpfs -o "$tmpfs_options" rpilive-keep "$ROOT$1" || return 1
	chown "$tmpfs_owner" "$ROOT$1" && chmod "$tmpfs_mode" "$ROOT$1"
}

# keep_rule REAL MODE STORE SIZE SOURCE: mounts one rule; sets keep_state, and keep_fault where it is Refused or Pristine
keep_rule() {
	rule_mode=$2 keep_fault=
	if [ "$opt_persistence" = off ]; then
		keep_state=Pristine keep_fault=$persistence_reason
		return 0
	fi
	store_get "$3" reason
	keep_fault=$store_value
	store_get "$3" state Mounted
	case $store_value in
		Mounted) keep_state=Kept rule_writable=yes ;;
		ReadOnly) keep_state=ReadOnly rule_writable=no ;;
		*)
			keep_state=Pristine
			return 0
			;;
	esac
	rule_note=$keep_fault
	if ! prepare_point "$1"; then
		keep_state=Refused keep_fault="a part of the path is a symbolic link or no directory"
		return 1
	fi
	if [ -n "$5" ] && ! source_parts "$3" "$5"; then
		keep_state=Refused keep_fault="$5 on the store is no plain directory"
		return 1
	fi
	if mount_rule "$@"; then
		keep_fault=$rule_note
		harden_home "$1" "$2"
		return 0
	fi
	keep_state=Pristine
	return 1
}

# mount_rule REAL MODE STORE SIZE SOURCE
mount_rule() {
	case $2 in
		overlay) keep_overlay "$1" "$3" "$5" "$rule_writable" ;;
		bind) keep_bind "$1" "$3" "$5" "$rule_writable" ;;
		tmpfs) keep_tmpfs "$1" "$4" ;;
	esac
}

# harden_home REAL MODE: device files in home directories serve nobody but attackers. Programs that run as another user are as in
# the image: containers and sandboxes need them.
harden_home() {
	case $1/ in
		/home/*) [ "$2" = tmpfs ] || mount -o remount,bind,nodev "$ROOT$1" || warn "$1 takes device files" ;;
	esac
}

# keep_rules: all that judge_rules left, in its order
keep_rules() {
	while IFS=: read -r keep_real keep_mode keep_store keep_size keep_source keep_directory; do
		if ! keep_rule "$keep_real" "$keep_mode" "$keep_store" "$keep_size" "$keep_source"; then
			store_get "$keep_store" onmissing pristine
			case $store_value in
				pristine) warn "$keep_directory is NOT KEPT: $keep_fault" ;;
				*) fail "$keep_directory cannot be kept in store $keep_store: $keep_fault" ;;
			esac
		fi
		note_rule "$keep_state" "$keep_mode" "$keep_store" "$keep_real" "$keep_directory" "$keep_fault"
	done <"$STATE/rules"
}

# is_kept REAL: written to a store, by the innermost rule that it lies in
is_kept() {
	kept_state=
	[ -r "$STATE/keep" ] || return 1
	while IFS=: read -r kept_now kept_mode kept_store kept_real kept_rest; do
		: "$kept_store$kept_rest"
		case $1/ in "$kept_real"/*) kept_state=$kept_now-$kept_mode ;; esac
	done <"$STATE/keep"
	case $kept_state in Kept-overlay | Kept-bind) return 0 ;; *) return 1 ;; esac
}
