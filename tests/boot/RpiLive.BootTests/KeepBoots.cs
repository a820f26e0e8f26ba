using System.Text.Json;
using RpiLive.BootTests.Harness;

namespace RpiLive.BootTests;

/// <summary>
/// A board that keeps directories in every kind of store: started, restarted, its plug pulled while programs write, started again.
/// </summary>
public sealed class KeepBoots : Boots
{
    private const string Settings = """
        store.usb=usb
        store.usb.label=KEEP
        store.usb.onmissing=stop
        store.stick=usb
        store.stick.label=STICK
        store.stick.size=32
        store.card=partition
        store.card.grow=yes
        store.folder=folder
        keep=overlay usb /var/log
        keep=bind usb /home
        keep=tmpfs 16 /home/pi/cache
        keep=overlay stick /srv
        keep=bind stick /opt/my data
        keep=overlay card /usr/local
        keep=bind card /etc/ssh
        keep=bind card /var/lib/systemd
        keep=overlay folder /var/cache
        keep=bind folder /srv/oddities/modes
        keep=bind card /srv/oddities/links
        keep=bind card /srv/oddities/xattrs
        machineid=card

        """;

    /// <summary>Puts things into each kept directory, and takes some of the image's away.</summary>
    private const string Write = """
        set -e
        for d in /var/log /home/pi "/opt/my data" /srv /usr/local /etc/ssh /var/cache /srv/oddities/modes; do
            echo kept >"$d/new"
            mkdir "$d/dir"
            chown 1000:1000 "$d/dir"
            chmod 2750 "$d/dir"
            ln -s new "$d/link"
            setfattr -n user.test -v value "$d/new"
        done
        setfacl -m u:games:rwx /home/pi/dir
        rm /home/pi/.profile /etc/ssh/moduli
        rmdir /usr/local/games
        echo gone >/home/pi/cache/gone
        for d in / /etc /var/tmp /root /opt; do echo gone >"$d/gone"; done
        journalctl --sync
        """;

    /// <summary>Says what is there that must not be, and the other way round.</summary>
    private const string Look = """
        for d in /var/log /home/pi "/opt/my data" /srv /usr/local /etc/ssh /var/cache /srv/oddities/modes; do
            [ "$(cat "$d/new")" = kept ] || echo "no $d/new"
            [ "$(stat -c '%u:%g %a' "$d/dir")" = '1000:1000 2750' ] || [ "$d" = /home/pi ] || echo "$d/dir: $(stat -c '%u:%g %a' "$d/dir")"
            [ "$(readlink "$d/link")" = new ] || echo "no $d/link"
            [ "$(getfattr --only-values -n user.test "$d/new" 2>/dev/null)" = value ] || echo "no attribute on $d/new"
        done
        getfacl -p /home/pi/dir | grep -q '^user:games:rwx$' || echo 'no ACL on /home/pi/dir'
        ls -d /home/pi/.profile /etc/ssh/moduli /usr/local/games /home/pi/cache/gone 2>/dev/null
        ls -d /gone /etc/gone /var/tmp/gone /root/gone /opt/gone 2>/dev/null
        true
        """;

    /// <summary>What identifies the board.</summary>
    private const string Identity = "cat /etc/machine-id; sha256sum /etc/ssh/ssh_host_*_key.pub";

    private const string StartWriters = """
        for d in /var/log /home/pi "/opt/my data" /usr/local /var/cache; do
            (
                n=0
                while :; do
                    n=$((n + 1))
                    seq "$n" $((n + 2000)) >"$d/state.new"
                    echo end >>"$d/state.new"
                    mv "$d/state.new" "$d/state"
                done
            ) >/dev/null 2>&1 &
        done
        sleep 20
        for d in /var/log /home/pi "/opt/my data" /usr/local /var/cache; do ls "$d/state"; done
        """;

    private LiveCard? _card;
    private Guest? _guest;

    internal List<string> SystemStates { get; } = [];

    internal List<string> FailedUnits { get; } = [];

    internal List<string> Statuses { get; } = [];

    internal List<string> Identities { get; } = [];

    internal List<CommandResult> Told { get; } = [];

    internal CommandResult Flushed { get; private set; } = new(-1, "");

    internal string Difference { get; private set; } = "";

    internal string SeedDifferences { get; private set; } = "";

    internal string ReachableForWriting { get; private set; } = "";

    internal string Found { get; private set; } = "";

    internal string JournalBoots { get; private set; } = "";

    internal string FoundAfterPowerCut { get; private set; } = "";

    internal string HalfFiles { get; private set; } = "";

    internal Dictionary<string, string> StoresAfterShutDown { get; } = [];

    internal string BootVolumeDifferences { get; private set; } = "";

    internal byte[] TableBefore { get; } = new byte[512];

    internal byte[] TableAfter { get; } = new byte[512];

    /// <inheritdoc/>
    private protected override async Task RunAsync(string image, CancellationToken cancel)
    {
        _card = Own(await LiveCard.MakeAsync(image, Settings, cancel));
        await _card.AddContainerAsync(16, cancel);
        await _card.AddPartitionAsync(64, cancel);
        string keep = await _card.StickAsync("KEEP", 96, null, cancel), stick = await _card.FatStickAsync("STICK", 64, cancel);
        await ReadTableAsync(_card.Image, TableBefore, cancel);
        _guest = await StartAsync(
            new GuestOptions(_card.Image, Machine.Virt) { Name = "keep", UsbSticks = [new(keep), new(stick)], FreeMiB = 128 }, cancel);
        await _guest.LoginAsync(cancel);
        await LookAsync(cancel);
        SeedDifferences = await _guest.OutputOfAsync(
            """
            list() { (cd "$1" && find . -printf '%p %y %m %U:%G %n %l\n' && getfattr -R -d -m - . && find . -type f -exec sha256sum {} +) 2>/dev/null | sort; }
            for pair in usb:home folder:srv/oddities/modes card:srv/oddities/links card:srv/oddities/xattrs; do
                d=${pair#*:}
                list "/run/rpilive/lower/$d" >/run/a
                list "/run/rpilive/stores/${pair%%:*}/rpilive/bind/$(echo "$d" | sed 's|/|%2F|g')" >/run/b
                [ "$(wc -l </run/a)" -gt 3 ] || echo "$d is empty"
                diff /run/a /run/b | grep '^[<>]' | grep -v 'pi/cache\|^[<>] \(\./pi\|\.\) d '
            done
            true
            """, cancel);
        ReachableForWriting = await _guest.OutputOfAsync("grep ' vfat rw' /proc/mounts; touch /boot/firmware/x 2>/dev/null && echo /boot/firmware; ls /boot/firmware/live/root.squashfs >/dev/null", cancel);
        await _guest.OutputOfAsync(Write, cancel);
        Flushed = await _guest.RunAsync("rpilive flush --json", cancel);
        Difference = await _guest.OutputOfAsync("rpilive diff", cancel);

        await _guest.ShutDownAsync(cancel);
        await _guest.CopyCardAsync(_card["after"], cancel);
        await ReadTableAsync(_card["after"], TableAfter, cancel);
        await CheckStoresAsync(keep, stick, cancel);
        BootVolumeDifferences = await CompareBootVolumesAsync(cancel);

        await _guest.PowerOnAsync(cancel);
        await _guest.LoginAsync(cancel);
        await LookAsync(cancel);
        Found = await _guest.OutputOfAsync(Look, cancel);
        JournalBoots = await _guest.OutputOfAsync("journalctl --list-boots | grep -c '^ *-*[0-9]'", cancel);
        await _guest.OutputOfAsync(StartWriters, cancel);
        _guest.PowerCut();

        await _guest.PowerOnAsync(cancel, "init=/bin/bash rpilive.root=medium");
        await _guest.ShellAsync(cancel);
        Statuses.Add(await _guest.OutputOfAsync("cat /run/rpilive/status.json", cancel));
        FoundAfterPowerCut = await _guest.OutputOfAsync(Look, cancel);
        HalfFiles = await _guest.OutputOfAsync(
            """
            for d in /var/log /home/pi "/opt/my data" /usr/local /var/cache; do
                [ "$(wc -l <"$d/state")" = 2002 ] && [ "$(tail -n 1 "$d/state")" = end ] || echo "$d/state: $(wc -l <"$d/state") lines, $(wc -c <"$d/state") bytes, $(tr -d '\0' <"$d/state" | wc -c) of them no zeros"
            done
            """, cancel);
    }

    private async Task LookAsync(CancellationToken cancel)
    {
        SystemStates.Add(await _guest!.WaitForSystemAsync(cancel));
        FailedUnits.Add((await _guest.OutputOfAsync("systemctl --failed --no-legend --plain", cancel)).Trim());
        Statuses.Add(await _guest.OutputOfAsync("cat /run/rpilive/status.json", cancel));
        Told.Add(await _guest.RunAsync("rpilive status --json", cancel));
        Identities.Add(await _guest.OutputOfAsync(Identity, cancel));
    }

    private async Task CheckStoresAsync(string keep, string stick, CancellationToken cancel)
    {
        await HostTools.RunAsync(HostTools.MCopy, ["-n", "-o", "-i", stick, "::/rpilive-keep.img", _card!["stick-store"]], cancel);
        Firmware volume = new(_card["after"], Path.GetDirectoryName(_card["after"])!);
        string folder = await volume.CopyOutAsync("live/keep/store.ext4", "folder-store", cancel) ?? throw new FileNotFoundException("live/keep/store.ext4 is gone");
        long start = 512L * BitConverter.ToUInt32(TableAfter, 470);
        foreach ((string name, string file) in new[] { ("usb", keep), ("stick", _card["stick-store"]), ("folder", folder), ("card", $"{_card["after"]}?offset={start}") })
        {
            (int status, string output, string error) = await HostTools.TryRunAsync("e2fsck", ["-fn", file], cancel);
            StoresAfterShutDown[name] = status == 0 && !(output + error).Contains("skipping journal recovery", StringComparison.Ordinal) ? "" : output + error;
        }
        (int fat, string found, _) = await HostTools.TryRunAsync("fsck.vfat", ["-n", stick], cancel);
        StoresAfterShutDown["the FAT stick"] = fat == 0 ? "" : found;
    }

    /// <summary>All files of the boot volume but the container.</summary>
    private async Task<string> CompareBootVolumesAsync(CancellationToken cancel)
    {
        foreach ((string image, string to) in new[] { (_card!.Image, "files-before"), (_card["after"], "files-after") })
        {
            Directory.CreateDirectory(_card[to]);
            long start = new Firmware(image, Path.GetTempPath()).BootVolume.Start;
            await HostTools.RunAsync(HostTools.MCopy, ["-n", "-o", "-s", "-p", "-i", $"{image}@@{start}", "::/", _card[to]], cancel);
        }
        (_, string differences, _) = await HostTools.TryRunAsync("diff", ["-rq", "--exclude=store.ext4", _card["files-before"], _card["files-after"]], cancel);
        return differences;
    }

    private static async Task ReadTableAsync(string image, byte[] table, CancellationToken cancel)
    {
        await using FileStream file = File.OpenRead(image);
        await file.ReadExactlyAsync(table, cancel);
    }

    /// <summary>A store of a status, and a rule of it.</summary>
    internal static JsonElement Find(JsonDocument status, string list, string key, string value) =>
        status.RootElement.GetProperty(list).EnumerateArray().Single(item => item.GetProperty(key).GetString() == value);
}
