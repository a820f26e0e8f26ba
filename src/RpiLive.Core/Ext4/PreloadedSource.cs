using System.Collections.Concurrent;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Ext4;

/// <summary>A file system some of whose blocks are in memory. Safe for several threads.</summary>
/// <param name="source">The file system; not disposed of.</param>
/// <param name="blockSize">Size of a block.</param>
internal sealed class PreloadedSource(RandomAccessSource source, int blockSize) : RandomAccessSource
{
    private readonly ConcurrentDictionary<long, SqueezedBlock> _blocks = [];

    /// <inheritdoc/>
    public override string Name => source.Name;

    /// <inheritdoc/>
    public override long Length => source.Length;

    /// <inheritdoc/>
    public override bool SeeksAreDear => source.SeeksAreDear;

    /// <summary>Reads a block into memory.</summary>
    /// <param name="block">Its number.</param>
    /// <param name="buffer">Takes its bytes, too.</param>
    public void Load(long block, Span<byte> buffer)
    {
        source.ReadExactly(block * blockSize, buffer);
        _blocks[block] = new SqueezedBlock(buffer);
    }

    /// <summary>Lets go of blocks.</summary>
    public void Forget(IEnumerable<long> blocks)
    {
        foreach (long block in blocks)
            _blocks.TryRemove(block, out _);
    }

    /// <inheritdoc/>
    public override int Read(long offset, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        int total = 0;
        while (total < buffer.Length && _blocks.TryGetValue((offset + total) / blockSize, out SqueezedBlock block))
        {
            int start = (int)((offset + total) % blockSize);
            int count = Math.Min(blockSize - start, buffer.Length - total);
            block.CopyTo(start, buffer.Slice(total, count));
            total += count;
        }
        return total == buffer.Length ? total : total + source.Read(offset + total, buffer[total..]);
    }
}
