using RpiLive.Core.Streams;

namespace RpiLive.Tests.Ext4;

/// <summary>A source that says that going back is dear, and counts how often it is done over a long way.</summary>
internal sealed class DearSource(RandomAccessSource source) : RandomAccessSource
{
    private readonly Lock _gate = new();
    private long _last;

    public int Returns { get; private set; }

    public override string Name => source.Name;

    public override long Length => source.Length;

    public override bool SeeksAreDear => true;

    public override int Read(long offset, Span<byte> buffer)
    {
        lock (_gate)
        {
            // Processors that read neighbouring stretches side by side go back and forth a little.
            if (offset < _last - (Environment.ProcessorCount * (64L << 20)))
                Returns++;
            _last = offset;
        }
        return source.Read(offset, buffer);
    }
}
