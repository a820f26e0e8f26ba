using System.Buffers;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;

namespace RpiLive.Core.SquashFs;

/// <summary>
/// Unpacks all blocks that files have, each once, however many files share it. Blocks are done in the order in which they lie,
/// so the image is read from front to back.
/// </summary>
internal sealed class ContentVerifier(BlockReader blocks)
{
    /// <summary>Blocks of one image that are remembered, 24 bytes each; a root of 4 GiB has less than a tenth.</summary>
    private const int MaxBlocks = 1 << 22;

    private readonly Dictionary<long, Block> _byOffset = [];

    /// <summary>Does the work.</summary>
    /// <returns>Number of blocks.</returns>
    public int Run(DirectoryNode tree, int threads, Action<long>? done, CancellationToken cancellation)
    {
        Gather(tree, cancellation);
        Block[] ordered = [.. _byOffset.Values];
        _byOffset.Clear();
        Array.Sort(ordered, static (one, other) => one.Offset.CompareTo(other.Offset));
        long unpacked = 0;
        OrderedParallel.ForEach(ordered, threads, block =>
        {
            long sum = Interlocked.Add(ref unpacked, Unpack(block));
            done?.Invoke(sum);
        }, cancellation);
        return ordered.Length;
    }

    private void Gather(DirectoryNode root, CancellationToken cancellation)
    {
        HashSet<FileNode> seen = new(ReferenceEqualityComparer.Instance);
        Stack<DirectoryNode> pending = new([root]);
        while (pending.TryPop(out DirectoryNode? directory))
        {
            foreach (TreeNode node in directory.Children.Values)
            {
                if (node is DirectoryNode child)
                    pending.Push(child);
                else if (node is FileNode { Content: SquashFsContent content } file && seen.Add(file))
                {
                    cancellation.ThrowIfCancellationRequested();
                    content.VisitBlocks((offset, word, length) => Add(new(offset, word, length, IsExact: true)));
                    if (content.Tail() is { } tail)
                        Add(new(tail.Offset, tail.SizeWord, tail.MinLength, IsExact: false));
                }
            }
        }
    }

    private void Add(Block block)
    {
        if (!_byOffset.TryGetValue(block.Offset, out Block known))
        {
            if (_byOffset.Count == MaxBlocks)
                throw blocks.Unsupported($"files have more than {MaxBlocks:N0} blocks");
            _byOffset.Add(block.Offset, block);
            return;
        }
        if (known.SizeWord != block.SizeWord || known.IsExact != block.IsExact || (block.IsExact && known.Length != block.Length))
            throw blocks.Corrupt($"two files say different things of the block at {block.Offset:N0}");
        if (block.Length > known.Length)
            _byOffset[block.Offset] = block;
    }

    private int Unpack(Block block)
    {
        byte[] room = ArrayPool<byte>.Shared.Rent(blocks.Superblock.BlockSize);
        try
        {
            int length = blocks.UnpackData(block.Offset, block.SizeWord, room.AsSpan(0, blocks.Superblock.BlockSize));
            if (block.IsExact ? length != block.Length : length < block.Length)
                throw blocks.Corrupt($"the block at {block.Offset:N0} has {length:N0} bytes instead of {block.Length:N0}");
            return length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }
    }

    /// <summary>A block that files need.</summary>
    /// <param name="Offset">Where it lies.</param>
    /// <param name="SizeWord">Its size and whether it is packed.</param>
    /// <param name="Length">Bytes unpacked, or for fragments the least of them.</param>
    /// <param name="IsExact">True for a block of a single file, false for fragments.</param>
    private readonly record struct Block(long Offset, uint SizeWord, int Length, bool IsExact);
}
