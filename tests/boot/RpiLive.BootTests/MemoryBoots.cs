using System.Globalization;
using System.Text.Json;
using RpiLive.BootTests.Harness;

namespace RpiLive.BootTests;

/// <summary>
/// A board whose memory is put to use: with zram and the root in RAM, its memory overcommitted, its root filled to the brim; then without
/// zram and with the root on the medium.
/// </summary>
public sealed class MemoryBoots : Boots
{
    internal const int MemoryMiB = 1024;
    internal const int Priority = 77, Percent = 60, Swappiness = 120;

    /// <summary>Writes text that packs well into as many MiB as asked for, then reads all of it again.</summary>
    private const string Press = """
        mib=$(awk '$1 == "MemAvailable:" { print int($2 * 1.3 / 1024) }' /proc/meminfo)
        perl -e '
            my $mib = shift;
            my $block = substr join("", map { sprintf "%08d is the number of this line of text\n", $_ } 1 .. 30000), 0, 1048560;
            my @all;
            push @all, $block . sprintf "%016d", $_ for 1 .. $mib;
            my $good = grep { substr($all[$_ - 1], -16) == $_ && substr($all[$_ - 1], 0, 9) eq "00000001 " } 1 .. $mib;
            print $good == $mib ? "survived\n" : "damaged\n";
        ' "$mib"
        """;

    /// <summary>Everything that can happen to a file, in a directory that nothing else writes to.</summary>
    private const string Change = """
        set -e
        cd /usr/share
        echo new >rpilive-new
        mkdir -p rpilive-dir/sub
        echo deep >rpilive-dir/sub/file
        ln -s nowhere rpilive-link
        printf 'odd' >"rpilive \"odd\\name"
        rm common-licenses/BSD
        echo changed >>common-licenses/Artistic
        rm -r base-files
        mkdir base-files
        echo instead >base-files/motd
        echo new >base-files/networks
        mv debconf rpilive-moved
        rm -r bug
        echo file >bug
        chmod 600 common-licenses/GPL-3
        """;

    private Guest? _guest;

    internal string SystemState { get; private set; } = "";

    internal string FailedUnits { get; private set; } = "";

    internal long FreeKiB { get; private set; }

    internal string Swaps { get; private set; } = "";

    internal string Sysctls { get; private set; } = "";

    internal string Algorithms { get; private set; } = "";

    internal string BootStatus { get; private set; } = "";

    internal CommandResult StatusAtStart { get; private set; } = new(-1, "");

    internal string MessageOfTheDay { get; private set; } = "";

    /// <summary>What was there only before the script, and only after it.</summary>
    internal string Before { get; private set; } = "";

    internal string After { get; private set; } = "";

    internal string Difference { get; private set; } = "";

    internal CommandResult Pressed { get; private set; } = new(-1, "");

    internal string SwapUsed { get; private set; } = "";

    internal string StateAfterPress { get; private set; } = "";

    internal CommandResult Filled { get; private set; } = new(-1, "");

    internal CommandResult StatusWhenFull { get; private set; } = new(-1, "");

    internal string TextWhenFull { get; private set; } = "";

    internal string GuardSaid { get; private set; } = "";

    internal string GoneAfterFilling { get; private set; } = "";

    internal string SecondSystemState { get; private set; } = "";

    internal string SecondLeft { get; private set; } = "";

    internal long SecondFreeKiB { get; private set; }

    internal string SecondBootStatus { get; private set; } = "";

    internal string SecondSwaps { get; private set; } = "";

    internal CommandResult SecondStatus { get; private set; } = new(-1, "");

    internal CommandResult SecondPressed { get; private set; } = new(-1, "");

    internal string SecondStateAfterPress { get; private set; } = "";

    internal IReadOnlyList<WrittenRange> Written { get; private set; } = [];

    /// <summary>Available memory once everything has started and its start-up work is done.</summary>
    internal static async Task<long> FreeAsync(Guest guest, CancellationToken cancel) => long.Parse(
        await guest.OutputOfAsync("sleep 10; awk '$1 == \"MemAvailable:\" { print $2 }' /proc/meminfo", cancel), CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    private protected override async Task RunAsync(string image, CancellationToken cancel)
    {
        LiveCard card = Own(await LiveCard.MakeAsync(image, "", cancel));
        await Product.RunAsync(
            $"Add-RpiLiveZram -LiteralPath {Product.Quoted(card.Image)} -Percent {Percent} -Algorithm zstd -Priority {Priority} -Swappiness {Swappiness}", cancel);
        _guest = await StartAsync(new GuestOptions(card.Image, Machine.Virt) { Name = "memory", MemoryMiB = MemoryMiB }, cancel);
        await _guest.LoginAsync(cancel);
        SystemState = await _guest.WaitForSystemAsync(cancel);
        FailedUnits = (await _guest.OutputOfAsync("systemctl --failed --no-legend --plain", cancel)).Trim();
        FreeKiB = await FreeAsync(_guest, cancel);
        await LookAsync(cancel);
        await ChangeAsync(cancel);
        await PressAsync(cancel);
        await FillAsync(cancel);

        await _guest.ShutDownAsync(cancel);
        await _guest.PowerOnAsync(cancel, "rpilive.root=medium rpilive.zram=off");
        await _guest.LoginAsync(cancel);
        SecondSystemState = await _guest.WaitForSystemAsync(cancel);
        SecondFreeKiB = await FreeAsync(_guest, cancel);
        SecondBootStatus = await _guest.OutputOfAsync("cat /run/rpilive/status.json", cancel);
        SecondLeft = await _guest.OutputOfAsync("ls -d /filler /usr/share/rpilive* 2>/dev/null; true", cancel);
        SecondSwaps = await _guest.OutputOfAsync("cat /proc/swaps", cancel);
        SecondStatus = await _guest.RunAsync("rpilive status --json", cancel);
        SecondPressed = await _guest.RunAsync(Press, TimeSpan.FromMinutes(10), cancel);
        SecondStateAfterPress = await StateAsync(cancel);
        _guest.PowerCut();
        Written = await _guest.WrittenAsync(cancel);
    }

    private async Task LookAsync(CancellationToken cancel)
    {
        Swaps = await _guest!.OutputOfAsync("cat /proc/swaps", cancel);
        Algorithms = await _guest.OutputOfAsync("cat /sys/block/zram0/comp_algorithm", cancel);
        Sysctls = await _guest.OutputOfAsync("cd /proc/sys/vm; echo $(cat swappiness page-cluster)", cancel);
        BootStatus = await _guest.OutputOfAsync("cat /run/rpilive/status.json", cancel);
        StatusAtStart = await _guest.RunAsync("rpilive status --json", cancel);
        MessageOfTheDay = _guest.ConsoleText();
    }

    private async Task ChangeAsync(CancellationToken cancel)
    {
        // An independent judge: path, kind, owner, mode and size of everything; of directories owner and mode alone.
        const string List = """
            cd /usr/share
            find . -xdev -mindepth 1 \( -type d -printf '%P\td %U:%G %m\n' \) -o \( -type l -printf '%P\tl %U:%G %l\n' \) -o -printf '%P\t%y %U:%G %m %s\n' | LC_ALL=C sort
            """;
        await _guest!.OutputOfAsync($"({List}) >/run/before", cancel);
        await _guest.OutputOfAsync(Change, cancel);
        await _guest.OutputOfAsync($"({List}) >/run/after", cancel);
        Before = await _guest.OutputOfAsync("LC_ALL=C comm -23 /run/before /run/after", cancel);
        After = await _guest.OutputOfAsync("LC_ALL=C comm -13 /run/before /run/after", cancel);
        Difference = await _guest.OutputOfAsync("rpilive diff --json /usr/share", cancel);
    }

    private async Task PressAsync(CancellationToken cancel)
    {
        Pressed = await _guest!.RunAsync(Press, TimeSpan.FromMinutes(10), cancel);
        SwapUsed = await _guest.OutputOfAsync("awk '$1 ~ /zram/ { print $4 }' /proc/swaps; awk '{ print $1, $2, $3 }' /sys/block/zram0/mm_stat", cancel);
        StateAfterPress = await StateAsync(cancel);
    }

    private async Task FillAsync(CancellationToken cancel)
    {
        Filled = await _guest!.RunAsync("dd if=/dev/urandom of=/filler bs=1M; dd if=/dev/zero of=/filler2 bs=512 count=1024; sleep 40", cancel);
        await _guest.LoginAgainAsync(cancel);
        StatusWhenFull = await _guest.RunAsync("rpilive status --json", cancel);
        TextWhenFull = (await _guest.RunAsync("rpilive status", cancel)).Output;
        GuardSaid = await _guest.OutputOfAsync("journalctl -b -u rpilive-guard --no-pager -o cat", cancel);
    }

    private async Task<string> StateAsync(CancellationToken cancel) =>
        (await _guest!.RunAsync("systemctl is-system-running; systemctl --failed --no-legend --plain", cancel)).Output.Trim();

    /// <summary>The paths below /usr/share of the difference, by kind.</summary>
    internal static SortedSet<string> Changes(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return [.. document.RootElement.GetProperty("entries").EnumerateArray()
            .Select(entry => $"{entry.GetProperty("kind").GetString()} {entry.GetProperty("path").GetString()}")];
    }
}
