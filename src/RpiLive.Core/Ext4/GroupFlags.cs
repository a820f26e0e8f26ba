namespace RpiLive.Core.Ext4;

/// <summary>bg_flags (fs/ext4/ext4.h).</summary>
[Flags]
internal enum GroupFlags : ushort
{
    InodesUninitialised = 1,
    BlocksUninitialised = 2,
    InodeTableZeroed = 4,
}
