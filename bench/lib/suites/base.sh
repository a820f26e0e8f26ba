# shellcheck shell=bash
# From packages of Debian to a base image, with an empty cache and with a full one, against mmdebstrap that fetches and unpacks the same
# packages and configures nothing, and mke2fs. Then the host without a command, its base image in the cache, without the boot.
suite_base() {
	local cache=$work/cache image=$work/base.img names dotnet setting
	[ -z "$self_test" ] || { echo "base: left out of the self-test, as it needs a mirror"; return 0; }
	command -v mmdebstrap >/dev/null || apt-get -qq -y install --no-install-recommends mmdebstrap debian-archive-keyring >/dev/null
	dotnet=$(readlink -f "$(command -v dotnet)")
	names=$(dotnet "$host" "(New-RpiBaseImage -DestinationPath $(quoted "$image") -Suite bookworm -CachePath $(quoted "$cache")).Packages.Name -join ','" 2>/dev/null | tail -1)
	for ((run = 1; run <= runs; run++)); do
		rm -rf "$cache" "$image"
		measure base "empty cache" rpilive "$run" '' dotnet "$host" "New-RpiBaseImage $(quoted "$image") -Suite bookworm -CachePath $(quoted "$cache")"
		rm -f "$image"
		measure base "full cache" rpilive "$run" '' dotnet "$host" "New-RpiBaseImage $(quoted "$image") -Suite bookworm -CachePath $(quoted "$cache")"
		rm -rf "$work/peer" "$work/peer.ext4"
		measure base "empty cache" mmdebstrap "$run" '' bash -c "mmdebstrap --quiet --variant=extract --architectures=arm64 --include='$names,raspi-firmware' \
			--components=main,non-free-firmware bookworm '$work/peer' https://deb.debian.org/debian &&
			mke2fs -q -t ext4 -d '$work/peer' '$work/peer.ext4' 1500M"
	done
	rm -rf "$work/peer" "$work/peer.ext4" "$image"
	# The first run fills the cache. With nothing on the PATH there is no QEMU.
	for ((run = 0; run <= runs; run++)); do
		setting="one command"
		[ "$run" != 0 ] || setting="one command, first"
		measure base "$setting" rpilive "$run" '' \
			env -C "$work" PATH=/nonexistent XDG_CACHE_HOME="$work/xdg" "$dotnet" "$host"
	done
	rm -rf "$cache" "$work/xdg" "$work/rpilive-live.img"
}
