using System.Buffers.Binary;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Ext4;

/// <summary>A file system as it is after the journal's blocks have gone to their places, without writing them there.</summary>
internal sealed class JournalOverlay : RandomAccessSource
{
    private readonly RandomAccessSource _source;
    private readonly int _blockSize;
    private readonly long[] _targets;
    private readonly JournaledBlock[] _blocks;

    /// <summary>Lays the blocks over <paramref name="source"/>.</summary>
    /// <param name="source">The file system as it stands on disk; not disposed of.</param>
    /// <param name="blockSize">Size of a block.</param>
    /// <param name="blocks">What belongs where, by block number.</param>
    public JournalOverlay(RandomAccessSource source, int blockSize, IReadOnlyDictionary<long, JournaledBlock> blocks)
    {
        _source = source;
        _blockSize = blockSize;
        _targets = [.. blocks.Keys];
        _blocks = [.. blocks.Values];
        Array.Sort(_targets, _blocks);
    }

    /// <inheritdoc/>
    public override string Name => _source.Name;

    /// <inheritdoc/>
    public override long Length => _source.Length;

    /// <inheritdoc/>
    public override bool SeeksAreDear => _source.SeeksAreDear;

    /// <inheritdoc/>
    public override int Read(long offset, Span<byte> buffer)
    {
        int count = _source.Read(offset, buffer);
        long end = offset + count;
        int index = Array.BinarySearch(_targets, offset / _blockSize);
        Span<byte> magic = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(magic, JournalLog.Magic);
        for (index = index < 0 ? ~index : index; index < _targets.Length && _targets[index] * _blockSize < end; index++)
        {
            long start = _targets[index] * _blockSize;
            long from = Math.Max(start, offset);
            Span<byte> part = buffer[(int)(from - offset)..(int)(Math.Min(start + _blockSize, end) - offset)];
            _source.ReadExactly((_blocks[index].Block * _blockSize) + (from - start), part);
            if (_blocks[index].IsEscaped && from < start + magic.Length)
            {
                ReadOnlySpan<byte> visible = magic[(int)(from - start)..];
                visible[..Math.Min(visible.Length, part.Length)].CopyTo(part);
            }
        }
        return count;
    }
}
