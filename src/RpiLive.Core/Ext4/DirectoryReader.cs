using System.Buffers;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Ext4;

/// <summary>The entries of a directory, wherever they are kept.</summary>
internal sealed class DirectoryReader(Ext4Device device, XattrReader xattrs, ReadBudget budget, FastCommit? fastCommit)
{
    private const int MaxReadSize = 1 << 20;

    // Inline data of a directory starts with the number of its parent.
    private const int InlineHeaderSize = 4;

    private readonly DirectoryBlocks _blocks = new(device);

    /// <summary>
    /// The block map of a directory, for the order of reading and for <see cref="Read"/>; null for inline data and replayed
    /// directories.
    /// </summary>
    public BlockMap? ReadMap(Inode directory)
    {
        if (fastCommit?.FindDirectory(directory.Number) is not null || (directory.Flags & InodeFlags.InlineData) != 0)
            return null;
        CheckSize(directory);
        return new BlockMapSource(device, directory, replayed: null).Read(device);
    }

    /// <summary>The entries without <c>.</c> and <c>..</c>, in disk order.</summary>
    public List<DirectoryEntry> Read(Inode directory, BlockMap? map, CancellationToken cancellation)
    {
        List<DirectoryEntry> entries = [];
        if (fastCommit?.FindDirectory(directory.Number) is IReadOnlyDictionary<FileName, uint> replayed)
        {
            foreach ((FileName name, uint inode) in replayed)
                entries.Add(new DirectoryEntry(name, inode));
        }
        else if (map is null)
        {
            _blocks.ReadEntries(directory, directory.BlockArea[InlineHeaderSize..], entries);
            _blocks.ReadEntries(directory, xattrs.FindInlineData(directory).Span, entries);
        }
        else
        {
            ReadBlocks(directory, map, entries, cancellation);
        }
        return entries;
    }

    private void ReadBlocks(Inode directory, BlockMap map, List<DirectoryEntry> entries, CancellationToken cancellation)
    {
        int blockSize = device.BlockSize;
        long count = (long)directory.Size / blockSize;
        budget.Take(count, directory.Number);
        long next = 0;
        foreach (BlockRun run in map.Runs)
        {
            if (next >= count || run.Logical != next)
                break;
            long end = Math.Min(run.End, count);
            while (next < end)
            {
                cancellation.ThrowIfCancellationRequested();
                int piece = (int)Math.Min(end - next, MaxReadSize / blockSize);
                byte[] buffer = ArrayPool<byte>.Shared.Rent(piece * blockSize);
                try
                {
                    device.ReadBlocks(run.Physical + (next - run.Logical), buffer.AsSpan(0, piece * blockSize));
                    for (int i = 0; i < piece; i++)
                        _blocks.ReadBlock(directory, buffer.AsSpan(i * blockSize, blockSize), isFirst: next + i == 0, entries);
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
                next += piece;
            }
        }
        if (next < count)
            throw device.Corrupt($"directory inode {directory.Number:N0} has a hole at block {next:N0} of {count:N0}");
    }

    private void CheckSize(Inode directory)
    {
        if (directory.Size % (ulong)device.BlockSize != 0 || directory.Size / (ulong)device.BlockSize > (ulong)device.Superblock.BlockCount)
        {
            throw device.Corrupt(
                $"directory inode {directory.Number:N0} has a size of {directory.Size:N0} bytes in blocks of {device.BlockSize:N0}");
        }
    }
}
