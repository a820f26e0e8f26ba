using RpiLive.Core.Packed;
using RpiLive.Core.Streams;
using RpiLive.Core.Xz;

namespace RpiLive.Bench;

/// <summary>Measures the .xz reader by itself.</summary>
internal static class UnxzCommand
{
    private const long CacheBytes = 96 << 20;

    /// <summary>Unpacks the whole file.</summary>
    public static void Run(string file)
    {
        using PackedSource source = new(new XzFile(new FileSource(file)), Environment.ProcessorCount, CacheBytes);
        byte[] piece = new byte[1 << 20];
        long offset = 0;
        for (int count; (count = source.Read(offset, piece)) > 0;)
            offset += count;
        Console.Out.WriteLine(offset);
    }
}
