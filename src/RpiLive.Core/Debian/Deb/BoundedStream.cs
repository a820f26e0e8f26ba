using RpiLive.Core.Inputs;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Debian.Deb;

/// <summary>What a reader unpacks, as a stream that ends with an error where a package unpacks to too much.</summary>
internal sealed class BoundedStream(SequentialReader reader, string name, long limit, CancellationToken cancellation) : ReadOnlyStream
{
    private long _done;

    public override int Read(Span<byte> buffer)
    {
        cancellation.ThrowIfCancellationRequested();
        int count = reader.Read(buffer);
        _done += count;
        return _done <= limit ? count : throw DebErrors.Corrupt(name, $"it unpacks to more than the {limit:N0} bytes that a package may have");
    }
}
