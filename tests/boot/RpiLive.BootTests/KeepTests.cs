using System.Text.Json;
using RpiLive.BootTests.Harness;
using RpiLive.Tests.Support;

namespace RpiLive.BootTests;

/// <summary>Chosen directories survive, in every kind of store, and nothing else does.</summary>
public sealed class KeepTests(KeepBoots boots) : IClassFixture<KeepBoots>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_system_starts_without_a_failed_unit()
    {
        await boots.RunOnceAsync(Cancel);
        Assert.All(boots.FailedUnits, units => Assert.Equal("", units));
        Assert.All(boots.SystemStates, state => Assert.Equal("running", state));
    }

    [Fact]
    public async Task All_stores_are_mounted_and_all_rules_hold_at_each_boot()
    {
        await boots.RunOnceAsync(Cancel);
        Assert.Equal(3, boots.Statuses.Count);
        foreach (string text in boots.Statuses)
        {
            using JsonDocument status = JsonDocument.Parse(text);
            Assert.Equal("", string.Join("; ", status.RootElement.GetProperty("warnings").EnumerateArray()));
            Assert.True(status.RootElement.GetProperty("persistence").GetProperty("enabled").GetBoolean());
            Assert.Equal(["Mounted", "Mounted", "Mounted", "Mounted"], status.RootElement.GetProperty("stores").EnumerateArray().Select(store => store.GetProperty("state").GetString()!));
            Assert.Equal(12, status.RootElement.GetProperty("keep").GetArrayLength());
            Assert.All(status.RootElement.GetProperty("keep").EnumerateArray(), rule => Assert.Equal("Kept", rule.GetProperty("state").GetString()));
            Assert.True(KeepBoots.Find(status, "stores", "name", "stick").GetProperty("container").GetBoolean());
            Assert.Equal("store", status.RootElement.GetProperty("machineId").GetString());
        }
    }

    [Fact]
    public async Task A_bind_rule_starts_with_what_the_image_has()
    {
        await boots.RunOnceAsync(Cancel);
        Assert.Equal("", boots.SeedDifferences);
    }

    [Fact]
    public async Task What_was_written_is_there_after_a_restart_and_what_is_not_kept_is_gone()
    {
        await boots.RunOnceAsync(Cancel);
        Assert.Equal("", boots.Found);
    }

    [Fact]
    public async Task What_was_written_is_there_after_a_power_cut_and_no_file_is_half()
    {
        await boots.RunOnceAsync(Cancel);
        Assert.Equal("", boots.FoundAfterPowerCut);
        Assert.Equal("", boots.HalfFiles);
    }

    [Fact]
    public async Task A_restart_leaves_clean_stores()
    {
        await boots.RunOnceAsync(Cancel);
        Assert.Equal(5, boots.StoresAfterShutDown.Count);
        Assert.All(boots.StoresAfterShutDown, store => Assert.Equal("", store.Value));
    }

    [Fact]
    public async Task The_journal_and_the_identity_last()
    {
        await boots.RunOnceAsync(Cancel);
        Assert.Equal("2", boots.JournalBoots.Trim());
        Assert.Equal(boots.Identities[0], boots.Identities[1]);
        Assert.Contains("ssh_host_", boots.Identities[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_else_of_the_card_is_written()
    {
        await boots.RunOnceAsync(Cancel);
        Assert.Equal("", boots.ReachableForWriting);
        Assert.Equal("", boots.BootVolumeDifferences);
    }

    [Fact]
    public async Task The_store_partition_fills_the_card()
    {
        await boots.RunOnceAsync(Cancel);
        Assert.Equal(BitConverter.ToUInt32(boots.TableBefore, 470), BitConverter.ToUInt32(boots.TableAfter, 470));
        Assert.InRange(BitConverter.ToUInt32(boots.TableAfter, 474), (64 + 127) * 2048u, (64 + 128) * 2048u);
        Assert.Equal(boots.TableBefore[..467], boots.TableAfter[..467]);
        Assert.Equal(boots.TableBefore[478..], boots.TableAfter[478..]);
        using JsonDocument status = JsonDocument.Parse(boots.Statuses[0]);
        Assert.InRange(KeepBoots.Find(status, "stores", "name", "card").GetProperty("totalKiB").GetInt64(), 150_000, 192 << 10);
    }

    [Fact]
    public async Task The_live_system_tells_of_its_stores_flushes_them_and_counts_what_they_keep_as_no_change()
    {
        await boots.RunOnceAsync(Cancel);
        foreach (CommandResult told in boots.Told)
        {
            Assert.Equal(0, told.Status);
            using JsonDocument status = JsonDocument.Parse(told.Output);
            Schemas.Check("rpilive-status", status.RootElement);
            Assert.All(status.RootElement.GetProperty("stores").EnumerateArray(), store =>
                Assert.Equal(("Mounted", true), (store.GetProperty("state").GetString(), store.GetProperty("freeKiB").GetInt64() > 0)));
        }
        Assert.Equal(0, boots.Flushed.Status);
        using JsonDocument flushed = JsonDocument.Parse(boots.Flushed.Output);
        Schemas.Check("rpilive-flush", flushed.RootElement);
        Assert.Equal(4, flushed.RootElement.GetProperty("stores").EnumerateArray().Count(store => store.GetProperty("flushed").GetBoolean()));
        Assert.Contains(" /opt/gone\n", boots.Difference, StringComparison.Ordinal);
        Assert.DoesNotMatch("(?m)(/home/pi/new|/usr/local/new|/var/log/new|/etc/ssh/new|/usr/local/games/?)$", boots.Difference);
    }
}
