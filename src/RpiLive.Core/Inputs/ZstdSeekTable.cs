using System.Buffers.Binary;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Inputs;

/// <summary>The table at the end of a seekable .zst file (zstd's seekable format 0.1.0), which tells the sizes of all frames.</summary>
internal static class ZstdSeekTable
{
    private const uint FrameMagic = 0x184D2A5E, FooterMagic = 0x8F92EAB1;
    private const int FrameHeaderLength = 8, FooterLength = 9;
    private const byte ChecksumFlag = 0x80, ReservedFlags = 0x7C;

    /// <summary>Reads the table and compares it with the frames that are there.</summary>
    /// <param name="file">The .zst file.</param>
    /// <param name="frames">All its frames, the one with the table among them.</param>
    /// <returns>An entry for each frame before the table; null in a file without a table.</returns>
    /// <exception cref="ImageException"><c>CorruptZstd</c>: table and frames disagree; <c>UnsupportedZstd</c>.</exception>
    public static ZstdSeekEntry[]? Read(RandomAccessSource file, IReadOnlyList<ZstdFrame> frames)
    {
        if (frames.Count == 0 || frames[^1] is not { IsSkippable: true, Length: >= FrameHeaderLength + FooterLength } last)
            return null;
        byte[] footer = new byte[FooterLength], magic = new byte[sizeof(uint)];
        file.ReadExactly(last.Offset, magic);
        file.ReadExactly(last.Offset + last.Length - FooterLength, footer);
        if (BinaryPrimitives.ReadUInt32LittleEndian(magic) != FrameMagic || BinaryPrimitives.ReadUInt32LittleEndian(footer.AsSpan(5)) != FooterMagic)
            return null;

        byte flags = footer[4];
        if ((flags & ReservedFlags) != 0)
            throw ImageException.Unsupported("Zstd", file.Name, $"the seek table at offset {last.Offset:N0} has the unknown flags 0x{flags:X2}");
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(footer);
        int width = (flags & ChecksumFlag) != 0 ? 12 : 8;
        if (count != frames.Count - 1 || last.Length != FrameHeaderLength + (long)count * width + FooterLength)
            throw Corrupt(file, last, $"is for {count:N0} frames in {last.Length:N0} bytes, but {frames.Count - 1:N0} come before it");

        byte[] table = new byte[count * width];
        file.ReadExactly(last.Offset + FrameHeaderLength, table);
        ZstdSeekEntry[] entries = new ZstdSeekEntry[count];
        for (int i = 0; i < entries.Length; i++)
        {
            ReadOnlySpan<byte> bytes = table.AsSpan(i * width, width);
            ZstdSeekEntry entry = new(
                BinaryPrimitives.ReadUInt32LittleEndian(bytes), BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
                width == 12 ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) : null);
            if (entry.PackedLength != frames[i].Length || entry.Length != (frames[i].ContentLength ?? entry.Length))
            {
                throw Corrupt(file, last, $"says that frame {i:N0} unpacks {entry.PackedLength:N0} to {entry.Length:N0} bytes, "
                    + $"but the frame at offset {frames[i].Offset:N0} unpacks {frames[i].Length:N0} to {frames[i].ContentLength ?? entry.Length:N0}");
            }
            entries[i] = entry;
        }
        return entries;
    }

    private static ImageException Corrupt(RandomAccessSource file, ZstdFrame table, string what) =>
        ImageException.Corrupt("Zstd", file.Name, $"the seek table at offset {table.Offset:N0} {what}");
}
