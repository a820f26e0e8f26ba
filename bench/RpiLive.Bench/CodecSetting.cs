using System.Globalization;

namespace RpiLive.Bench;

/// <summary>How blocks are compressed.</summary>
/// <param name="Codec">Name of the codec: gzip, zstd or zstd-managed.</param>
/// <param name="Level">Level of the codec.</param>
/// <param name="Block">Block size as it was written, such as 128K.</param>
/// <param name="BlockLength">Block size in bytes.</param>
internal sealed record CodecSetting(string Codec, int Level, string Block, int BlockLength)
{
    private const int MaxBlockKibibytes = 1024;

    /// <summary>What is measured when nothing is asked for.</summary>
    public static IEnumerable<CodecSetting> Choice =>
        from codec in (string[])["gzip:1", "gzip:6", "gzip:9", "zstd:1", "zstd:3", "zstd:9", "zstd:15", "zstd:19", "zstd-managed:3", "zstd-managed:9", "zstd-managed:15"]
        from block in (string[])["128K", "256K", "1M"]
        select Parse($"{codec}:{block}");

    /// <summary>Reads <c>CODEC:LEVEL:BLOCK</c>.</summary>
    /// <exception cref="FormatException">Something else.</exception>
    public static CodecSetting Parse(string text)
    {
        string[] parts = text.Split(':');
        if (parts is not [var codec, var level, [.. var count, var unit and ('K' or 'M')]])
            throw new FormatException($"'{text}' is not CODEC:LEVEL:BLOCK, such as zstd:15:128K");
        int length = Number(count) * (unit == 'M' ? 1024 : 1);
        if (length is < 1 or > MaxBlockKibibytes)
            throw new FormatException($"'{parts[2]}' is no block size of SquashFS, which has at most 1M");
        return new CodecSetting(codec, Number(level), parts[2], length << 10);
    }

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < 10_000
            ? number
            : throw new FormatException($"'{text}' is no number that fits here");
}
