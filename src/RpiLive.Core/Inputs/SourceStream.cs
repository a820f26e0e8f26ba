using RpiLive.Core.Streams;

namespace RpiLive.Core.Inputs;

/// <summary>Reads a range of a source from its start to its end.</summary>
/// <param name="source">The source.</param>
/// <param name="start">First byte of the range.</param>
/// <param name="length">Size of the range in bytes; it lies inside the source.</param>
/// <param name="cancellation">Ends every further read.</param>
internal sealed class SourceStream(RandomAccessSource source, long start, long length, CancellationToken cancellation) : ReadOnlyStream
{
    /// <summary>Bytes of the range that have been read.</summary>
    public long Done { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        cancellation.ThrowIfCancellationRequested();
        int count = (int)Math.Min(buffer.Length, length - Done);
        source.ReadExactly(start + Done, buffer[..count]);
        Done += count;
        return count;
    }
}
