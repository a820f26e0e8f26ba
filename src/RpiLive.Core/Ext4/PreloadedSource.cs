using System.Collections.Concurrent;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Ext4;

/// <summary>A file system some of whose blocks are in memory. Safe for several threads.</summary>
/// <param name="source">The file system; not disposed of.</param>
/// <param name="blockSize">Size of a block.</param>
internal sealed class PreloadedSource(RandomAccessSource source, int blockSize) : RandomAccessSource
{
    private readonly ConcurrentDictionary<long, byte[]> _blocks = [];

    /// <inheritdoc/>
    public override string Name => source.Name;

    /// <inheritdoc/>
    public override long Length => source.Length;

    /// <inheritdoc/>
    public override bool SeeksAreDear => source.SeeksAreDear;

    /// <summary>Reads a block into memory; one that is there already stays.</summary>
    public byte[] Load(long block)
    {
        if (_blocks.TryGetValue(block, out byte[]? known))
            return known;
        byte[] bytes = GC.AllocateUninitializedArray<byte>(blockSize);
        source.ReadExactly(block * blockSize, bytes);
        _blocks[block] = bytes;
        return bytes;
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
        while (total < buffer.Length && _blocks.TryGetValue((offset + total) / blockSize, out byte[]? block))
        {
            ReadOnlySpan<byte> part = block.AsSpan((int)((offset + total) % blockSize));
            part = part[..Math.Min(part.Length, buffer.Length - total)];
            part.CopyTo(buffer[total..]);
            total += part.Length;
        }
        return total == buffer.Length ? total : total + source.Read(offset + total, buffer[total..]);
    }
}
