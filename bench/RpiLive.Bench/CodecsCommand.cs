using System.Diagnostics;
using RpiLive.Codecs;
using RpiLive.Core.Compression;

namespace RpiLive.Bench;

/// <summary>Measures the codecs a block at a time.</summary>
internal static class CodecsCommand
{
    private const int WarmUpBytes = 1 << 20;

    private static readonly TimeSpan s_warmUpTime = TimeSpan.FromSeconds(1);

    /// <summary>Prints a line a setting.</summary>
    /// <exception cref="FormatException">A setting that is none.</exception>
    public static void Run(string file, string[] settings)
    {
        byte[] sample = File.ReadAllBytes(file);
        Dictionary<string, IBlockCodec> codecs = new()
        {
            ["gzip"] = new GzipBlockCodec(),
            ["zstd"] = new ThirdPartyCodecs().Zstd,
            ["zstd-managed"] = new ThirdPartyCodecs(native: false).Zstd,
        };
        foreach (CodecSetting setting in settings.Length == 0 ? CodecSetting.Choice : settings.Select(CodecSetting.Parse))
        {
            if (!codecs.TryGetValue(setting.Codec, out IBlockCodec? codec))
                throw new FormatException($"no codec '{setting.Codec}'");
            if (setting.Level < codec.MinLevel || setting.Level > codec.MaxLevel)
                throw new FormatException($"{codec.Name} has levels {codec.MinLevel} to {codec.MaxLevel}, not {setting.Level}");
            using IBlockCompressor compressor = codec.CreateCompressor(setting.Level, setting.BlockLength);
            byte[] packed = new byte[setting.BlockLength];
            // The compiler makes its best code only of what has run for a while.
            long start = Stopwatch.GetTimestamp();
            do
                Compress(compressor, sample.AsSpan(0, Math.Min(sample.Length, WarmUpBytes)), packed);
            while (Stopwatch.GetElapsedTime(start) < s_warmUpTime);
            (long length, TimeSpan time, TimeSpan slowest) = Compress(compressor, sample, packed);
            long blocks = (sample.LongLength + setting.BlockLength - 1) / setting.BlockLength;
            Console.Out.WriteLine(string.Join('\t', setting.Codec, setting.Level, setting.Block, blocks, sample.Length, length,
                $"{time.TotalSeconds:F4}", $"{slowest.TotalMilliseconds:F1}"));
        }
    }

    private static (long PackedLength, TimeSpan Time, TimeSpan Slowest) Compress(IBlockCompressor compressor, ReadOnlySpan<byte> sample, byte[] packed)
    {
        long total = 0;
        TimeSpan time = default, slowest = default;
        while (!sample.IsEmpty)
        {
            ReadOnlySpan<byte> block = sample[..Math.Min(sample.Length, packed.Length)];
            sample = sample[block.Length..];
            long start = Stopwatch.GetTimestamp();
            int length = compressor.Compress(block, packed);
            TimeSpan taken = Stopwatch.GetElapsedTime(start);
            time += taken;
            slowest = taken > slowest ? taken : slowest;
            // SquashFS stores what does not shrink as it is.
            total += length == 0 ? block.Length : length;
        }
        return (total, time, slowest);
    }
}
