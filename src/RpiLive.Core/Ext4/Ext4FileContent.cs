using RpiLive.Core.Tree;

namespace RpiLive.Core.Ext4;

/// <summary>A regular file's bytes in its blocks. Small block maps are kept, large ones shared through a bounded cache.</summary>
internal sealed class Ext4FileContent : FileContent
{
    private const int MaxKeptRuns = 32;

    private readonly Ext4Device _device;
    private readonly BlockMapCache _cache;

    /// <summary>Null where the map is kept for good.</summary>
    private readonly BlockMapSource? _source;
    private BlockMap? _map;

    public Ext4FileContent(Ext4Device device, BlockMapCache cache, BlockMapSource source, long length)
    {
        _device = device;
        _cache = cache;
        Length = length;
        if (length == 0)
            _map = BlockMap.Empty;
        else if (source.IsCheap)
            _map = source.Read(device);
        else
            _source = source;
    }

    /// <inheritdoc/>
    public override long Length { get; }

    /// <inheritdoc/>
    public override long DiskOffset
    {
        get
        {
            BlockMap map = Map;
            return map.Count > 0 && map.Runs[0].Logical * _device.BlockSize < Length ? map.Runs[0].Physical * _device.BlockSize : -1;
        }
    }

    private BlockMap Map
    {
        get
        {
            BlockMap? map = Volatile.Read(ref _map) ?? _cache.Find(this);
            if (map is not null)
                return map;
            map = _source!.Read(_device);
            if (map.Count <= MaxKeptRuns)
                Volatile.Write(ref _map, map);
            else
                _cache.Add(this, map);
            return map;
        }
    }

    /// <inheritdoc/>
    public override void Read(long offset, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - buffer.Length);
        if (buffer.IsEmpty)
            return;
        int blockSize = _device.BlockSize;
        BlockMap map = Map;
        int index = map.FindFrom(offset / blockSize);
        while (!buffer.IsEmpty)
        {
            long start = index < map.Count ? map.Runs[index].Logical * blockSize : long.MaxValue;
            if (start > offset)
            {
                int zeros = (int)Math.Min(buffer.Length, start - offset);
                buffer[..zeros].Clear();
                buffer = buffer[zeros..];
                offset += zeros;
                continue;
            }
            BlockRun run = map.Runs[index++];
            int count = (int)Math.Min(buffer.Length, (run.Length * blockSize) - (offset - start));
            _device.Source.ReadExactly((run.Physical * blockSize) + (offset - start), buffer[..count]);
            buffer = buffer[count..];
            offset += count;
        }
    }

    /// <inheritdoc/>
    public override bool IsHole(long offset, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length == 0)
            return true;
        BlockMap map = Map;
        int index = map.FindFrom(offset / _device.BlockSize);
        return index == map.Count || map.Runs[index].Logical * _device.BlockSize >= offset + length;
    }
}
