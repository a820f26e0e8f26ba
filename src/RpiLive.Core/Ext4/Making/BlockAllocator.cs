namespace RpiLive.Core.Ext4.Making;

/// <summary>
/// Gives out the blocks between the fixed metadata from front to back. So a block is in use when it is fixed or lies before
/// <see cref="Next"/>, and nothing else need be remembered.
/// </summary>
internal sealed class BlockAllocator
{
    private readonly Ext4Layout _layout;
    private int _nextFixed;

    public BlockAllocator(Ext4Layout layout)
    {
        _layout = layout;
        Free = layout.BlockCount - layout.FixedBlocks;
        SkipFixed();
    }

    /// <summary>The first block that may be free.</summary>
    public long Next { get; private set; }

    /// <summary>Blocks left.</summary>
    public long Free { get; private set; }

    /// <summary>Takes the next block; the caller has looked at <see cref="Free"/>.</summary>
    public long Take() => Take(1, 1)[0].Start;

    /// <summary>Takes blocks, in as few ranges as the fixed metadata let it.</summary>
    /// <param name="count">How many; the caller has looked at <see cref="Free"/>.</param>
    /// <param name="maxLength">The most blocks of one range.</param>
    public List<BlockRange> Take(long count, int maxLength)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Free);
        List<BlockRange> ranges = [];
        Free -= count;
        while (count > 0)
        {
            long end = _nextFixed < _layout.Fixed.Count ? _layout.Fixed[_nextFixed].Start : _layout.BlockCount;
            BlockRange range = new(Next, Math.Min(Math.Min(count, maxLength), end - Next));
            ranges.Add(range);
            count -= range.Length;
            Next = range.End;
            SkipFixed();
        }
        return ranges;
    }

    private void SkipFixed()
    {
        for (; _nextFixed < _layout.Fixed.Count && _layout.Fixed[_nextFixed].Start == Next; _nextFixed++)
            Next = _layout.Fixed[_nextFixed].End;
    }
}
