#!/usr/bin/env bash
# Makes a live image, from nothing if need be:
#
#   make-live-image.sh [STOCK.img] [LIVE.img]
#
# Without STOCK.img a Debian image in the stock layout is built first (needs root and apt). LIVE.img is live.img if not given.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
stock=${1-}
live=${2-live.img}
if [ -z "$stock" ]; then
	stock=$(mktemp -d)/stock.img
	trap 'rm -rf "${stock%/*}"' EXIT
	"$top/tests/fixtures/make-debian-image.sh" "$stock"
fi
# One argument for the shell that reads it: quotes inside are doubled, as PowerShell wants them.
dotnet run --project "$top/src/RpiLive.Host" -- "New-RpiLiveImage -LiteralPath '${stock//\'/\'\'}' -DestinationPath '${live//\'/\'\'}' -Force"
