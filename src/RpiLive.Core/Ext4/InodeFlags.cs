namespace RpiLive.Core.Ext4;

/// <summary>i_flags (fs/ext4/ext4.h), as far as they matter to a reader.</summary>
[Flags]
internal enum InodeFlags : uint
{
    Encrypted = 0x800,
    HashedDirectory = 0x1000,
    HugeFile = 0x40000,
    Extents = 0x80000,
    EaInode = 0x200000,
    InlineData = 0x10000000,
}
