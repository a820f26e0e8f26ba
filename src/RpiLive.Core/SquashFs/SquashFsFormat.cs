namespace RpiLive.Core.SquashFs;

/// <summary>Constants of SquashFS 4.0 (fs/squashfs/squashfs_fs.h and Documentation/filesystems/squashfs.rst of Linux).</summary>
internal static class SquashFsFormat
{
    public const string Name = "SquashFs";

    public const uint Magic = 0x73717368;
    public const int SuperblockLength = 96;
    public const int MinBlockSize = 4 << 10;
    public const int MaxBlockSize = 1 << 20;

    /// <summary>Unpacked size of a metadata block.</summary>
    public const int MetadataLength = 8 << 10;

    /// <summary>In the header of a metadata block: it is stored as it is.</summary>
    public const ushort MetadataRaw = 0x8000;

    /// <summary>In the size of a data block: it is stored as it is.</summary>
    public const uint BlockRaw = 1 << 24;

    /// <summary>No table, no fragment, no xattrs.</summary>
    public const ulong NoTable = ulong.MaxValue;
    public const uint NoFragment = uint.MaxValue;
    public const uint NoXattr = uint.MaxValue;

    /// <summary>The number of ids is stored in 16 bits.</summary>
    public const int MaxIds = ushort.MaxValue;

    /// <summary>Entries behind one directory header.</summary>
    public const int MaxHeaderEntries = 256;

    /// <summary>A directory's size counts <c>.</c> and <c>..</c> as three bytes that are not stored.</summary>
    public const int DirectorySizeBias = 3;

    public const int MaxSymlinkLength = 4095;
    public const int MaxXattrNameLength = 255;
    public const int MaxXattrValueLength = 64 << 10;

    /// <summary>All xattr names of an inode as listxattr(2) gives them (XATTR_LIST_MAX).</summary>
    public const int MaxXattrListLength = 64 << 10;

    public const int FragmentEntryLength = 16;
    public const int XattrEntryLength = 16;

    /// <summary>In the type of an xattr: its value lies elsewhere.</summary>
    public const ushort XattrOutOfLine = 0x100;

    /// <summary>
    /// The most data blocks of one file, and of all files of a tree together: 16 TiB at 128 KiB. The format has no such
    /// limit; it bounds what a tiny but hostile sparse file can cost.
    /// </summary>
    public const long MaxBlocks = 1L << 27;

    /// <summary>Images are padded to this, so that they can be loop-mounted whole.</summary>
    public const int Padding = 4096;

    /// <summary>Namespaces of xattrs by their type number.</summary>
    public static readonly string[] XattrPrefixes = ["user.", "trusted.", "security."];

    /// <summary>Ids of the compressors that RpiLive knows.</summary>
    public const int Gzip = 1;
    public const int Zstd = 6;

    /// <summary>Names of the compressors by their id; "none" stands for the unused id 0.</summary>
    public static readonly string[] CompressorNames = ["none", "gzip", "lzma", "lzo", "xz", "lz4", "zstd"];
}
