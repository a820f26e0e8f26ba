using System.Buffers.Binary;
using RpiLive.Core.Compression;

namespace RpiLive.Core.SquashFs;

/// <summary>Tables of fixed-size entries: metadata blocks, then an index with the position of each block.</summary>
internal static class TableWriter
{
    /// <summary>Writes a table and gives the position of its index, which the superblock holds.</summary>
    public static ulong Write(ReadOnlySpan<byte> entries, IBlockCompressor compressor, SequentialWriter output)
    {
        using MetadataWriter blocks = new(compressor);
        blocks.Write(entries);
        blocks.Flush();
        long start = output.Position;
        output.Write(blocks.Bytes);
        long index = output.Position;
        WriteIndex(blocks, start, output);
        return (ulong)index;
    }

    /// <summary>Writes the positions of metadata blocks that lie at <paramref name="start"/>.</summary>
    public static void WriteIndex(MetadataWriter blocks, long start, SequentialWriter output)
    {
        Span<byte> position = stackalloc byte[sizeof(long)];
        for (int i = 0; i < blocks.BlockStarts.Count - 1; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(position, start + blocks.BlockStarts[i]);
            output.Write(position);
        }
    }
}
