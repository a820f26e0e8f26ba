namespace RpiLive.Core.Ext4;

/// <summary>The blocks of the journal, read ahead because recovery goes through them in order. For one thread at a time.</summary>
internal sealed class JournalLog
{
    public const uint Magic = 0xC03B3998;
    private const int WindowSize = 512 << 10;

    private readonly BlockMap _map;
    private readonly byte[] _window;
    private long _windowStart;
    private long _windowCount;

    /// <summary>Opens the journal in its inode.</summary>
    public JournalLog(Ext4Device device, Inode inode)
    {
        Device = device;
        if (inode.Kind != InodeKind.File || inode.LinkCount == 0)
            throw device.Corrupt($"the journal's inode {inode.Number:N0} is not a regular file in use");
        _map = new BlockMapSource(device, inode, replayed: null).Read(device);
        _window = new byte[Math.Max(WindowSize, device.BlockSize)];
        Span<byte> bytes = stackalloc byte[JournalSuperblock.Size];
        device.Source.ReadExactly(PhysicalOf(0) * device.BlockSize, bytes);
        Superblock = new JournalSuperblock(device, bytes, (long)Math.Min(inode.Size / (ulong)device.BlockSize, uint.MaxValue));
    }

    public Ext4Device Device { get; }

    public JournalSuperblock Superblock { get; }

    /// <summary>The block after <paramref name="count"/> more blocks, round the end of the log.</summary>
    public long Advance(long block, long count)
    {
        block += count;
        return block >= Superblock.End ? block - (Superblock.End - Superblock.First) : block;
    }

    /// <summary>The bytes of a block; valid until the next call.</summary>
    public ReadOnlySpan<byte> Read(long block)
    {
        if (block < 0 || block >= Superblock.Length)
            throw Device.Corrupt($"the log leads to block {block:N0} of a journal of {Superblock.Length:N0}");
        if (block < _windowStart || block >= _windowStart + _windowCount)
        {
            long physical = PhysicalOf(block);
            int index = _map.FindFrom(block);
            long count = Math.Min(_map.Runs[index].End, Superblock.Length) - block;
            _windowCount = 0;
            count = Math.Min(count, _window.Length / Device.BlockSize);
            Device.ReadBlocks(physical, _window.AsSpan(0, (int)count * Device.BlockSize));
            _windowStart = block;
            _windowCount = count;
        }
        return _window.AsSpan((int)(block - _windowStart) * Device.BlockSize, Device.BlockSize);
    }

    /// <summary>Where a block of the journal lies in the file system.</summary>
    public long PhysicalOf(long block)
    {
        long physical = _map.Find(block);
        return physical >= 0 ? physical : throw Device.Corrupt($"the journal has a hole at block {block:N0}");
    }
}
