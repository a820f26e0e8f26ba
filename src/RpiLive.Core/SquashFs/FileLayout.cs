namespace RpiLive.Core.SquashFs;

/// <summary>Where the content of a file lies in the image. Files with the same content share one.</summary>
internal sealed class FileLayout(long length)
{
    /// <summary>Of a file without content.</summary>
    public static readonly FileLayout Empty = new(0);

    public long Length { get; } = length;

    /// <summary>Offset of the first stored data block; 0 when none is stored.</summary>
    public long Start { get; set; }

    /// <summary>Sizes of the data blocks as the inode holds them; 0 for a block of zeros.</summary>
    public uint[] BlockSizes { get; set; } = [];

    /// <summary>Without the block that a shared tail would have been.</summary>
    public ReadOnlySpan<uint> StoredBlockSizes =>
        BlockSizes.AsSpan(0, BlockSizes.Length == 0 || Fragment == SquashFsFormat.NoFragment ? BlockSizes.Length : BlockSizes.Length - 1);

    /// <summary>The shared block with the tail, and where the tail starts in it.</summary>
    public uint Fragment { get; set; } = SquashFsFormat.NoFragment;

    /// <summary>Where the tail starts in the unpacked shared block.</summary>
    public int FragmentOffset { get; set; }

    /// <summary>Bytes in blocks of zeros.</summary>
    public long SparseBytes { get; set; }
}
