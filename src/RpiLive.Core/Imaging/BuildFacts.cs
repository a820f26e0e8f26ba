using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Inputs;
using static System.FormattableString;

namespace RpiLive.Core.Imaging;

/// <summary>What a build finds and decides, a line each, for who looks into it (-Debug).</summary>
internal static class BuildFacts
{
    /// <summary>How the input is read, and what lies in it.</summary>
    public static IEnumerable<string> Of(ImageInput input, StockImage stock)
    {
        string inner = input.InnerName is { } name ? $" ({name})" : "";
        yield return Invariant($"Input: {input.Format}{inner}, {input.Content.Length:N0} bytes unpacked, {(input.UsesScratch ? "through a scratch file" : "read in place")}.");
        yield return $"Volumes: {string.Join(", ", stock.VolumeNames)}.";
        yield return Invariant($"Root: ext4 in blocks of {stock.RootVolume.BlockSize:N0} bytes, {stock.UsedBytes:N0} bytes used.");
    }

    /// <summary>What was decided.</summary>
    public static IEnumerable<string> Of(LivePlan plan)
    {
        yield return $"System: {plan.OperatingSystem.DistributionName}, {plan.OperatingSystem.Architecture}.";
        foreach (LiveFlavour flavour in plan.Flavours)
        {
            long length = plan.Initramfs.GetValueOrDefault(flavour.Initramfs)?.LongLength ?? 0;
            yield return Invariant($"Kernel {flavour.Name}: {flavour.Kernel}, release {flavour.Release}, with {flavour.Initramfs} of {length:N0} bytes, for {string.Join(", ", flavour.Models)}; zram by {string.Join(", ", flavour.ZramAlgorithms ?? [])}.");
        }
        yield return Invariant($"Compression: {plan.SquashFs.Codec.Name} level {plan.CompressionLevel}, blocks of {plan.SquashFs.BlockSize:N0} bytes, {(plan.SquashFs.Threads == 0 ? "a thread a processor" : $"{plan.SquashFs.Threads} threads")}.");
        yield return Invariant($"RAM: {plan.BaseUse} MiB for the system, {plan.Settings.Reserve} MiB stay available, {plan.Settings.Upper} for what is written.");
        foreach (string line in plan.Settings.Format().Split('\n', StringSplitOptions.RemoveEmptyEntries))
            yield return $"{LiveSettings.Path}: {line}";
    }
}
