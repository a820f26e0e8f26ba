namespace RpiLive.Core.Ext4;

/// <summary>The block maps of heavily fragmented files, as many as a fixed number of runs allows; the oldest go first.</summary>
internal sealed class BlockMapCache
{
    private const int MaxRuns = 1 << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<Ext4FileContent, BlockMap> _maps = [];
    private readonly Queue<Ext4FileContent> _order = [];
    private long _runs;

    public BlockMap? Find(Ext4FileContent content)
    {
        lock (_lock)
            return _maps.GetValueOrDefault(content);
    }

    public void Add(Ext4FileContent content, BlockMap map)
    {
        lock (_lock)
        {
            if (!_maps.TryAdd(content, map))
                return;
            _order.Enqueue(content);
            _runs += map.Count;
            while (_runs > MaxRuns && _order.Count > 1)
            {
                Ext4FileContent oldest = _order.Dequeue();
                _maps.Remove(oldest, out BlockMap? dropped);
                _runs -= dropped!.Count;
            }
        }
    }
}
