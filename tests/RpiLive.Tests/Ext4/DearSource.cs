using RpiLive.Core.Streams;

namespace RpiLive.Tests.Ext4;

/// <summary>A source that says that going back is dear, and counts how often it is done.</summary>
internal sealed class DearSource(RandomAccessSource source) : RandomAccessSource
{
    private long _last;

    public int Returns { get; private set; }

    public override string Name => source.Name;

    public override long Length => source.Length;

    public override bool SeeksAreDear => true;

    public override int Read(long offset, Span<byte> buffer)
    {
        if (offset < _last)
            Returns++;
        _last = offset;
        return source.Read(offset, buffer);
    }
}
