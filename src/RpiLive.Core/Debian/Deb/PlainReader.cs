using RpiLive.Core.Inputs;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Debian.Deb;

/// <summary>Reads what is not compressed.</summary>
internal sealed class PlainReader(RandomAccessSource source) : SequentialReader
{
    private long _done;

    public override long? Length => source.Length;

    public override long Done => _done;

    public override long Total => source.Length;

    public override int Read(Span<byte> buffer)
    {
        int count = source.Read(_done, buffer);
        _done += count;
        return count;
    }
}
