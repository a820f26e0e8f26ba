using System.Diagnostics.CodeAnalysis;

namespace RpiLive.Core.SquashFs;

/// <summary>Keeps what was used last. Safe for several threads.</summary>
internal sealed class LeastRecentCache<TKey, TValue>(int capacity)
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _entries = [];
    private readonly LinkedList<(TKey Key, TValue Value)> _byUse = new();

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out LinkedListNode<(TKey Key, TValue Value)>? entry))
            {
                value = default;
                return false;
            }
            _byUse.Remove(entry);
            _byUse.AddFirst(entry);
            value = entry.Value.Value;
            return true;
        }
    }

    public void Add(TKey key, TValue value)
    {
        lock (_lock)
        {
            // Two threads may have made the same value.
            if (_entries.ContainsKey(key))
                return;
            if (_entries.Count == capacity)
            {
                _entries.Remove(_byUse.Last!.Value.Key);
                _byUse.RemoveLast();
            }
            _entries.Add(key, _byUse.AddFirst((key, value)));
        }
    }
}
