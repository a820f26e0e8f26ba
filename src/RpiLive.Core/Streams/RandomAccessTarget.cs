using RpiLive.Core.Errors;

namespace RpiLive.Core.Streams;

/// <summary>Bytes that can be written at any offset; what is never written reads as zeros. For one thread at a time.</summary>
public abstract class RandomAccessTarget
{
    /// <summary>What errors call this output; for a file its path.</summary>
    public abstract string Name { get; }

    /// <summary>Writes <paramref name="bytes"/> at <paramref name="offset"/>, growing the output where needed.</summary>
    /// <exception cref="ImageException"><see cref="ErrorIds.DestinationFull"/> or <see cref="ErrorIds.DestinationUnwritable"/>.</exception>
    public abstract void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>The part of this output that starts at <paramref name="offset"/>.</summary>
    public RandomAccessTarget From(long offset) => new OffsetTarget(this, offset);

    private sealed class OffsetTarget(RandomAccessTarget target, long start) : RandomAccessTarget
    {
        public override string Name => target.Name;

        public override void Write(long offset, ReadOnlySpan<byte> bytes) => target.Write(start + offset, bytes);
    }
}
