namespace RpiLive.Core.Packed;

/// <summary>A part of a block's content, unpacked. Guarded by the lock of the <see cref="PackedSource"/>, but for its bytes.</summary>
internal sealed class Piece(long offset, int length)
{
    /// <summary>The most bytes of a piece.</summary>
    public const int MaxLength = 1 << 20;

    /// <summary>What keeping a piece takes besides its bytes; matters where blocks are tiny.</summary>
    private const int Overhead = 256;

    /// <summary>Offset in the unpacked image.</summary>
    public long Offset => offset;

    public int Length => length;

    /// <summary>Bytes of memory that it counts for.</summary>
    public int Cost => length + Overhead;

    /// <summary>The content, in as many bytes at least.</summary>
    public byte[] Bytes { get; set; } = [];

    /// <summary>Readers that copy from it now; its bytes are not used again before they are done.</summary>
    public int Readers { get; set; }

    /// <summary>True while it can be found in the cache.</summary>
    public bool IsKept { get; set; }
}
