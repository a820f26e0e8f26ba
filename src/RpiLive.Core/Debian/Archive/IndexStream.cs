using RpiLive.Core.Inputs;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Debian.Archive;

/// <summary>The unpacked text of an index, and not more of it than it may have.</summary>
internal sealed class IndexStream(SequentialReader reader, IDisposable file, string name, long limit, CancellationToken cancellation) : ReadOnlyStream
{
    private long _done;

    public override int Read(Span<byte> buffer)
    {
        cancellation.ThrowIfCancellationRequested();
        if (buffer.IsEmpty)
            return 0;
        int count = reader.Read(buffer);
        _done += count;
        if (_done > limit)
            throw ReleaseErrors.Corrupt(name, $"it unpacks to more than the {limit:N0} bytes that an index may have");
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            reader.Dispose();
            file.Dispose();
        }
        base.Dispose(disposing);
    }
}
