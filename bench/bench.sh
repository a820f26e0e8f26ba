#!/usr/bin/env bash
# Compares RpiLive with the tools that people use otherwise, side by side on the same stock image. See bench/README.md.
#
#   bench.sh [OPTION…] [STOCK.img]
#
#   --list         says what there is to run
#   --only A,B     these suites alone: raw, xz, decode, peers, codec, plane, scaling, startup, edit, test, boot, base
#   --runs N       runs of every contestant, in turn (3)
#   --quick        one run of the most telling settings
#   --full         every setting of the suite raw
#   --settings S   these settings alone in the suites raw and xz, such as "zstd 9 128K,gzip 9 128K"
#   --out FILE     keeps the results, a line a run, fields parted by tabs
#   --work DIR     where the images go (a new folder in $TMPDIR)
#   --strict       ends with 3 where a limit is exceeded
#   --self-test    a tiny image, one run, what `dotnet build` has built: whether the benchmark itself works
#
# Without STOCK.img the benchmark image of tests/fixtures is used. Ends with 1 where something could not run.
# Needs root (loop mounts) on a Debian host; installs what it lacks.
set -euo pipefail
export PYTHONDONTWRITEBYTECODE=1
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
lib=$top/bench/lib
# shellcheck source=lib/measure.sh
. "$lib/measure.sh"
# shellcheck source=lib/image.sh
. "$lib/image.sh"
# shellcheck source=lib/contestants.sh
. "$lib/contestants.sh"
# shellcheck source=lib/prepare.sh
. "$lib/prepare.sh"
# shellcheck source=lib/suites/raw.sh
. "$lib/suites/raw.sh"
# shellcheck source=lib/suites/xz.sh
. "$lib/suites/xz.sh"
# shellcheck source=lib/suites/decode.sh
. "$lib/suites/decode.sh"
# shellcheck source=lib/suites/peers.sh
. "$lib/suites/peers.sh"
# shellcheck source=lib/suites/codec.sh
. "$lib/suites/codec.sh"
# shellcheck source=lib/suites/plane.sh
. "$lib/suites/plane.sh"
# shellcheck source=lib/suites/scaling.sh
. "$lib/suites/scaling.sh"
# shellcheck source=lib/suites/startup.sh
. "$lib/suites/startup.sh"
# shellcheck source=lib/suites/edit.sh
. "$lib/suites/edit.sh"
# shellcheck source=lib/suites/test.sh
. "$lib/suites/test.sh"
# shellcheck source=lib/suites/boot.sh
. "$lib/suites/boot.sh"
# shellcheck source=lib/suites/base.sh
. "$lib/suites/base.sh"

usage() {
	sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"
	exit "$1"
}
suites=(raw xz decode peers codec plane scaling startup edit test boot base)
runs='' quick='' full='' strict='' self_test='' out='' work='' stock='' chosen=()
while [ $# -gt 0 ]; do
	case $1 in
	--list)
		for suite in "${suites[@]}"; do
			sed -n "1d; /^# /!q; 2s/^# /$suite: /; s/^# /    /; p" "$lib/suites/$suite.sh"
		done
		exit
		;;
	--only) IFS=, read -ra suites <<<"${2?}" && shift ;;
	--runs) runs=${2?} && shift ;;
	--quick) quick=1 ;;
	--full) full=1 ;;
	--settings) IFS=, read -ra chosen <<<"${2?}" && shift ;;
	--out) out=${2?} && shift ;;
	--work) work=${2?} && shift ;;
	--strict) strict=1 ;;
	--self-test) self_test=1 quick=1 ;;
	-h | --help) usage 0 ;;
	-*) usage 2 >&2 ;;
	*) stock=$(realpath "$1") ;;
	esac
	shift
done
runs=${runs:-${quick:-3}}
for suite in "${suites[@]}"; do
	[ -e "$lib/suites/$suite.sh" ] || usage 2 >&2
done
[ "$(id -u)" = 0 ] || { echo "${0##*/}: run as root: it needs loop mounts" >&2; exit 2; }

install_tools
make_work
results=${out:-$work/results.tsv}
printf '%s\n' $'suite\tsetting\tcontestant\trun\tstatus\twall s\tCPU s\tpeak KiB\tbytes' >"$results"
build
[ -n "$stock" ] || make_stock
root=$work/mount.stock
mount_root "$stock" "$root"
warm "$stock" "$root"
describe >"$work/machine"
sed 's/^/# /' "$work/machine" >>"$results"
cat "$work/machine"
for suite in "${suites[@]}"; do
	"suite_$suite"
	table "$suite"
done

echo
over=0
python3 "$lib/verdict.py" "$results" || over=$?
[ $failures = 0 ] || { echo "$failures could not run or did not verify; see above" >&2; exit 1; }
[ -z "$strict" ] || exit "$over"
