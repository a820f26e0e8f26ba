# shellcheck shell=bash
# Settings of a live image changed in place: opening it and the edit alone, against mcopy over the file, which a power cut can
# leave half done.
suite_edit() {
	local open edit image=$work/live.img
	by_rpilive "$stock" "$image" "$(rpilive_setting gzip 1 128K)"
	measure edit "make live.img" rpilive 1 "$image" "${argv[@]}"
	[ -e "$image" ] || return 0
	mtype -i "$image@@8M" ::live/rpilive.conf >"$work/settings"
	for ((run = 1; run <= runs; run++)); do
		sync
		if read -r open edit < <(dotnet "$runner" edit "$image") && [ -n "$edit" ]; then
			record edit open rpilive "$run" ok "$open" "$open" '' ''
			record edit settings rpilive "$run" ok "$edit" "$edit" '' ''
		else
			fail "edit"
			record edit settings rpilive "$run" failed '' '' '' ''
		fi
		measure edit settings mcopy "$run" '' sh -c "mcopy -o -i '$image@@8M' '$work/settings' ::live/rpilive.conf && sync '$image'"
	done
	rm -f "$image" "$work/settings"
}
