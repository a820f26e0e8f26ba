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

    /// <summary>The shared block that holds the whole of a small file.</summary>
    public uint Fragment { get; set; } = SquashFsFormat.NoFragment;

    /// <summary>Where the file starts in the unpacked shared block.</summary>
    public int FragmentOffset { get; set; }

    /// <summary>Bytes in blocks of zeros.</summary>
    public long SparseBytes { get; set; }
}
