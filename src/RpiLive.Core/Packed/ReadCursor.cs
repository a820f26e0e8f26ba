namespace RpiLive.Core.Packed;

/// <summary>Someone who reads on and on in a <see cref="PackedSource"/>. Guarded by the source's lock.</summary>
internal sealed class ReadCursor
{
    /// <summary>Where the next read is expected.</summary>
    public long Position { get; set; }

    /// <summary>Bytes read so far without going elsewhere.</summary>
    public long Run { get; set; }

    /// <summary>The next block to be unpacked ahead of it.</summary>
    public int NextBlock { get; set; }

    /// <summary>The number of the last read that moved it.</summary>
    public long Used { get; set; }

    /// <summary>How far behind its position unpacking ahead may go, in bytes.</summary>
    public long Window { get; set; }
}
