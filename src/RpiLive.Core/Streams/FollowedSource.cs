namespace RpiLive.Core.Streams;

/// <summary>A view of a source that tells a <see cref="ReadingPace"/> where it is read.</summary>
internal sealed class FollowedSource(RandomAccessSource source, ReadingPace pace) : RandomAccessSource
{
    public override string Name => source.Name;

    public override long Length => source.Length;

    public override bool SeeksAreDear => source.SeeksAreDear;

    public override int Read(long offset, Span<byte> buffer)
    {
        pace.Follow(offset);
        return source.Read(offset, buffer);
    }
}
