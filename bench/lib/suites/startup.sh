# shellcheck shell=bash
# What importing the module and opening a live image cost: the host with the module and Get-RpiLiveImage, against a copy of
# the host with an empty module and an empty command. Many runs: a start moves by more than what an import costs.
suite_startup() {
	local empty=$work/empty version times=$((runs < 11 ? 11 : runs))
	[ -z "$quick" ] || times=3
	[ -z "$self_test" ] || times=1
	version=$(basename "$(dirname "$module")")
	# The host finds its module by a path relative to itself.
	mkdir -p "$empty/output/RpiLive/$version" "$empty/${host_folder#"$top"/}"
	cp -r "$host_folder/." "$empty/${host_folder#"$top"/}"
	echo "@{ ModuleVersion = '$version' }" >"$empty/output/RpiLive/$version/RpiLive.psd1"

	by_rpilive "$stock" "$work/live.img" "$(rpilive_setting gzip 1 128K)"
	measure startup "make live.img" rpilive 1 "$work/live.img" "${argv[@]}"
	for ((run = 1; run <= times; run++)); do
		measure startup startup empty "$run" '' dotnet "$empty/${host#"$top"/}" "''"
		measure startup startup import "$run" '' dotnet "$host" "''"
		measure startup startup Get-RpiLiveImage "$run" '' dotnet "$host" \
			"Get-RpiLiveImage -LiteralPath $(quoted "$work/live.img") | Out-Null"
	done
	rm -rf "$empty" "$work/live.img"
}
