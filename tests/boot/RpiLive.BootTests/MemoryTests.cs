using System.Text.Json;
using RpiLive.BootTests.Harness;
using RpiLive.Tests.Support;

namespace RpiLive.BootTests;

/// <summary>Memory as a live system uses it: zram, the cap on what is written, and what the system says of both.</summary>
[Collection(Alone.Name)]
public sealed class MemoryTests(MemoryBoots boots) : IClassFixture<MemoryBoots>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Swap_is_on_zram_as_the_cmdlet_was_told()
    {
        await boots.RunOnceAsync(Cancel);
        Assert.Equal("running", boots.SystemState);
        Assert.Equal("", boots.FailedUnits);
        string[] swap = Assert.Single(boots.Swaps.Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..]).Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("/dev/zram0", swap[0]);
        Assert.Equal(MemoryBoots.Priority.ToString(System.Globalization.CultureInfo.InvariantCulture), swap[4]);
        using JsonDocument status = JsonDocument.Parse(boots.BootStatus);
        long memory = status.RootElement.GetProperty("memory").GetProperty("totalKiB").GetInt64();
        Assert.InRange(long.Parse(swap[2], System.Globalization.CultureInfo.InvariantCulture), memory * MemoryBoots.Percent / 100 - 64, memory * MemoryBoots.Percent / 100 + 64);
        Assert.Contains("[zstd]", boots.Algorithms, StringComparison.Ordinal);
        Assert.Equal($"{MemoryBoots.Swappiness} 0", boots.Sysctls.Trim());
        Assert.Equal("Active", status.RootElement.GetProperty("zram").GetProperty("state").GetString());
        Schemas.Check("rpilive-boot", status.RootElement);
    }

    [Fact]
    public async Task A_program_that_takes_more_than_there_is_lives_with_zram_and_is_killed_without()
    {
        await boots.RunOnceAsync(Cancel);
        Assert.Equal(new CommandResult(0, "survived\n"), boots.Pressed);
        string[] figures = boots.SwapUsed.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        Assert.True(long.Parse(figures[0], System.Globalization.CultureInfo.InvariantCulture) > 0, "nothing was swapped");
        Assert.Equal("running", boots.StateAfterPress);

        Assert.Equal("Filename", boots.SecondSwaps.Trim().Split((char[])[' ', '\t'])[0]);
        Assert.Single(boots.SecondSwaps.Trim().Split('\n'));
        Assert.NotEqual(0, boots.SecondPressed.Status);
        Assert.Contains("Killed", boots.SecondPressed.Output, StringComparison.Ordinal);
        Assert.Equal("running", boots.SecondStateAfterPress);
    }

    [Fact]
    public async Task A_full_root_can_be_logged_in_to_says_so_and_restarts_pristine()
    {
        await boots.RunOnceAsync(Cancel);
        Assert.Contains("No space left on device", boots.Filled.Output, StringComparison.Ordinal);
        Assert.Equal(2, boots.StatusWhenFull.Status);
        using JsonDocument status = JsonDocument.Parse(boots.StatusWhenFull.Output);
        Assert.Equal("Failed", status.RootElement.GetProperty("state").GetString());
        Schemas.Check("rpilive-status", status.RootElement);
        Assert.Contains("95", string.Concat(boots.GuardSaid), StringComparison.Ordinal);
        Assert.Matches("Changes .* files: (99|100) %", boots.TextWhenFull);
        Assert.Equal("", boots.SecondLeft.Trim());
        Assert.Equal("running", boots.SecondSystemState);
    }

    [Fact]
    public async Task Status_is_fine_where_all_is_as_asked_for()
    {
        await boots.RunOnceAsync(Cancel);
        foreach (CommandResult seen in (CommandResult[])[boots.StatusAtStart, boots.SecondStatus])
        {
            Assert.Equal(0, seen.Status);
            using JsonDocument status = JsonDocument.Parse(seen.Output);
            Assert.Equal("Fine", status.RootElement.GetProperty("state").GetString());
            Assert.Empty(status.RootElement.GetProperty("problems").EnumerateArray());
            Schemas.Check("rpilive-status", status.RootElement);
        }
        Assert.Matches("(?m)^RpiLive: root in RAM .*zram .*card written: 0 bytes$", boots.MessageOfTheDay);
    }

    [Fact]
    public async Task Free_memory_is_within_a_tenth_of_what_the_budget_says()
    {
        await boots.RunOnceAsync(Cancel);
        string image = LiveImage.PathOrSkip();
        using JsonDocument ram = JsonDocument.Parse(boots.BootStatus), medium = JsonDocument.Parse(boots.SecondBootStatus);
        Assert.Equal(("Ram", "Auto"), (ram.RootElement.GetProperty("rootMode").GetString(), ram.RootElement.GetProperty("requestedRootMode").GetString()));
        Assert.Equal("Medium", medium.RootElement.GetProperty("rootMode").GetString());
        BudgetTests.Judge(image, MemoryBoots.MemoryMiB, ram, boots.FreeKiB);
        BudgetTests.Judge(image, MemoryBoots.MemoryMiB, medium, boots.SecondFreeKiB);
    }

    [Fact]
    public async Task Difference_lists_what_a_script_did_and_nothing_else()
    {
        await boots.RunOnceAsync(Cancel);
        Dictionary<string, string> before = Listing(boots.Before), after = Listing(boots.After);
        SortedSet<string> expected = [];
        expected.UnionWith(before.Keys.Where(path => !after.ContainsKey(path)).Select(path => $"Deleted /usr/share/{path}"));
        expected.UnionWith(after.Keys.Where(path => !before.ContainsKey(path)).Select(path => $"Created /usr/share/{path}"));
        expected.UnionWith(after.Where(pair => before.TryGetValue(pair.Key, out string? was) && was != pair.Value).Select(pair => $"Modified /usr/share/{pair.Key}"));
        Assert.True(expected.Count > 30);
        using JsonDocument difference = JsonDocument.Parse(boots.Difference);
        Schemas.Check("rpilive-diff", difference.RootElement);
        Assert.Equal(expected, MemoryBoots.Changes(boots.Difference));
    }

    [Fact]
    public async Task Card_is_never_written()
    {
        await boots.RunOnceAsync(Cancel);
        Assert.Empty(boots.Written);
    }

    /// <summary>What a find printed: a path, a tab, and what is to say of it.</summary>
    private static Dictionary<string, string> Listing(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split('\t')).ToDictionary(fields => fields[0], fields => fields[1], StringComparer.Ordinal);
}
