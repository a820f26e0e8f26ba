# shellcheck shell=sh
# Settings of swap on zram: zram=SIZE, and zram.* for how.

default_zram() {
	opt_zram=off opt_zram_algorithm='' opt_zram_priority=100 opt_zram_limit='' opt_zram_swappiness=150 opt_zram_pagecluster=0
	opt_zram_watermarkboost=0 opt_zram_watermarkscale=125
}

# set_zram KEY VALUE: KEY is empty or .PROPERTY; status as set_option
set_zram() {
	case $1 in
		'')
			share_text=off
			[ "$2" = off ] || read_share "$2" 400 8 || return 1
			opt_zram=$share_text
			;;
		.algorithm)
			case $2 in '' | *[!a-z0-9-]*) return 1 ;; esac
			[ "${#2}" -le 31 ] || return 1
			opt_zram_algorithm=$2
			;;
		.priority)
			if [ "$2" != -1 ]; then is_number "$2" 0 32767 || return 1; fi
			opt_zram_priority=$(decimal "$2")
			;;
		.limit)
			share_text=
			[ "$2" = 0 ] || read_share "$2" 100 8 || return 1
			opt_zram_limit=$share_text
			;;
		.swappiness)
			is_number "$2" 0 200 || return 1
			opt_zram_swappiness=$(decimal "$2")
			;;
		.pagecluster)
			is_number "$2" 0 10 || return 1
			opt_zram_pagecluster=$(decimal "$2")
			;;
		.watermarkboost)
			is_number "$2" 0 150000 || return 1
			opt_zram_watermarkboost=$(decimal "$2")
			;;
		.watermarkscale)
			is_number "$2" 1 3000 || return 1
			opt_zram_watermarkscale=$(decimal "$2")
			;;
		*) return 2 ;;
	esac
}
