namespace RpiLive.Core.SquashFs;

/// <summary>Flags of the superblock (fs/squashfs/squashfs_fs.h).</summary>
[Flags]
internal enum SquashFsFlags : ushort
{
    None = 0,
    Duplicates = 0x40,
    Exportable = 0x80,
    NoXattrs = 0x200,
    CompressorOptions = 0x400,
}
