using System.Collections.Concurrent;
using RpiLive.Core.Streams;

namespace RpiLive.Tests.Ext4;

/// <summary>A source that says that going back is dear, and counts how often a thread does it.</summary>
internal sealed class DearSource(RandomAccessSource source) : RandomAccessSource
{
    private readonly ConcurrentDictionary<int, long> _last = [];
    private int _returns;

    public int Returns => _returns;

    public override string Name => source.Name;

    public override long Length => source.Length;

    public override bool SeeksAreDear => true;

    public override int Read(long offset, Span<byte> buffer)
    {
        int thread = Environment.CurrentManagedThreadId;
        if (_last.TryGetValue(thread, out long last) && offset < last)
            Interlocked.Increment(ref _returns);
        _last[thread] = offset;
        return source.Read(offset, buffer);
    }
}
