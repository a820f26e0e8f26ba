using RpiLive.Core.Streams;

namespace RpiLive.Core.Inputs;

/// <summary>Reads what is not packed.</summary>
internal sealed class PlainReader(RandomAccessSource file) : SequentialReader
{
    private long _done;

    public override long? Length => file.Length;

    public override long Done => _done;

    public override long Total => file.Length;

    public override int Read(Span<byte> buffer)
    {
        int count = file.Read(_done, buffer);
        _done += count;
        return count;
    }
}
