using System.Buffers.Binary;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Testing.Boot;

/// <summary>
/// A qcow2 file over an image (docs/interop/qcow2.rst of QEMU): takes all that a machine writes, so that the image stays as it is,
/// tells afterwards what that was, and can be larger than the image, as card readers of QEMU want powers of two.
/// </summary>
internal static class QemuOverlay
{
    private const int ClusterBits = 16, ClusterSize = 1 << ClusterBits, EntrySize = 8, HeaderLength = 104;
    private const uint Magic = 0x514649FB;
    private const ulong OffsetMask = 0x00FFFFFFFFFFFE00;

    /// <summary>Bytes that an entry of the first table stands for.</summary>
    private const long L1Reach = (long)ClusterSize * (ClusterSize / EntrySize);

    /// <summary>Order of the clusters of a new file.</summary>
    private const int RefcountTable = 1, RefcountBlock = 2, L1Table = 3, ClusterCount = 4;

    /// <summary>Writes an empty one, without the name of what lies under it, which QEMU is told.</summary>
    /// <param name="path">The file; must not exist.</param>
    /// <param name="length">Bytes that the machine sees; up to 4 TiB.</param>
    public static void Create(string path, long length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, L1Reach * (ClusterSize / EntrySize));
        byte[] bytes = new byte[ClusterCount * ClusterSize];
        Span<byte> header = bytes;
        BinaryPrimitives.WriteUInt32BigEndian(header, Magic);
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], 3);
        BinaryPrimitives.WriteUInt32BigEndian(header[20..], ClusterBits);
        BinaryPrimitives.WriteInt64BigEndian(header[24..], length);
        BinaryPrimitives.WriteUInt32BigEndian(header[36..], (uint)((length + L1Reach - 1) / L1Reach));
        BinaryPrimitives.WriteInt64BigEndian(header[40..], L1Table * ClusterSize);
        BinaryPrimitives.WriteInt64BigEndian(header[48..], RefcountTable * ClusterSize);
        BinaryPrimitives.WriteUInt32BigEndian(header[56..], 1);
        BinaryPrimitives.WriteUInt32BigEndian(header[96..], 4);
        BinaryPrimitives.WriteUInt32BigEndian(header[100..], HeaderLength);
        BinaryPrimitives.WriteInt64BigEndian(header[(RefcountTable * ClusterSize)..], RefcountBlock * ClusterSize);
        for (int cluster = 0; cluster < ClusterCount; cluster++)
            BinaryPrimitives.WriteUInt16BigEndian(header[((RefcountBlock * ClusterSize) + (cluster * sizeof(ushort)))..], 1);
        using FileStream file = new(path, FileMode.CreateNew, FileAccess.Write);
        file.Write(bytes);
    }

    /// <summary>What was written, in pieces of 64 KiB that are joined where they touch, in order.</summary>
    /// <exception cref="ImageException">The file is damaged.</exception>
    public static IReadOnlyList<WrittenRange> ReadWritten(string path)
    {
        using FileSource file = new(path);
        Span<byte> header = stackalloc byte[HeaderLength];
        file.ReadExactly(0, header);
        uint count = BinaryPrimitives.ReadUInt32BigEndian(header[36..]);
        long table = BinaryPrimitives.ReadInt64BigEndian(header[40..]);
        if (count > ClusterSize / EntrySize)
            throw ImageException.Corrupt("Overlay", path, $"a first table of {count:N0} entries");
        byte[] first = new byte[count * EntrySize], second = new byte[ClusterSize];
        file.ReadExactly(table, first);
        List<WrittenRange> ranges = [];
        for (int i = 0; i < count; i++)
        {
            long offset = (long)(BinaryPrimitives.ReadUInt64BigEndian(first.AsSpan(i * EntrySize)) & OffsetMask);
            if (offset == 0)
                continue;
            file.ReadExactly(offset, second);
            for (int j = 0; j < ClusterSize / EntrySize; j++)
            {
                if (BinaryPrimitives.ReadUInt64BigEndian(second.AsSpan(j * EntrySize)) == 0)
                    continue;
                long start = (i * L1Reach) + ((long)j * ClusterSize);
                if (ranges.Count > 0 && ranges[^1].End == start)
                    ranges[^1] = ranges[^1] with { Length = ranges[^1].Length + ClusterSize };
                else
                    ranges.Add(new(start, ClusterSize));
            }
        }
        return ranges;
    }
}
