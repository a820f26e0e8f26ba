using System.Text.Json;
using RpiLive.BootTests.Harness;
using RpiLive.Core.Imaging;

namespace RpiLive.BootTests;

/// <summary>What the memory budget predicts, against what boots show; with 1 GiB MemoryTests do the same.</summary>
[Collection(Alone.Name)]
public sealed class BudgetTests(ITestOutputHelper output)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(512, "medium")]
    [InlineData(512, "ram")]
    [InlineData(2048, "medium")]
    [InlineData(2048, "ram")]
    public async Task Free_memory_after_the_boot_is_within_a_tenth_of_what_was_predicted(int memory, string root)
    {
        string image = LiveImage.PathOrSkip();
        await using Guest guest = await Guest.StartAsync(
            new GuestOptions(image, Machine.Virt) { Name = $"budget-{memory}-{root}", MemoryMiB = memory, ExtraWords = $"rpilive.root={root} rpilive.reserve=0 rpilive.verify=no" }, Cancel);
        await guest.LoginAsync(Cancel);
        Assert.Equal("running", await guest.WaitForSystemAsync(Cancel));
        long seen = await MemoryBoots.FreeAsync(guest, Cancel);
        using JsonDocument status = JsonDocument.Parse(await guest.OutputOfAsync("cat /run/rpilive/status.json", Cancel));
        guest.PowerCut();
        output.WriteLine(Judge(image, memory, status, seen));
    }

    /// <summary>Holds what was predicted to what a boot showed, within a tenth, and says both.</summary>
    /// <param name="image">The live image.</param>
    /// <param name="memory">MiB of RAM of the machine.</param>
    /// <param name="status">What /init said.</param>
    /// <param name="freeKiB">What was available once all had started.</param>
    internal static string Judge(string image, int memory, JsonDocument status, long freeKiB)
    {
        Core.Imaging.LiveImage live = LiveImageFile.Open(image);
        bool inRam = status.RootElement.GetProperty("rootMode").GetString() == "Ram";
        long atStart = status.RootElement.GetProperty("memory").GetProperty("availableAtStartKiB").GetInt64() >> 10, seen = freeKiB >> 10;
        int predictedAtStart = MemoryBudget.AvailableAtStart(memory, null);
        int predicted = MemoryBudget.FreeAfterBoot(memory, null, inRam ? live.RootLength : 0, live.BaseUse);
        Assert.InRange(predictedAtStart, atStart * 0.9, atStart * 1.1);
        Assert.InRange(predicted, seen * 0.9, seen * 1.1);
        return $"{memory} MiB, in RAM {inRam}: at the start {predictedAtStart} predicted, {atStart} seen; after the boot {predicted} predicted, {seen} seen";
    }
}
