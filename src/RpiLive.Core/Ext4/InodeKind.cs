namespace RpiLive.Core.Ext4;

/// <summary>The file type in the high four bits of i_mode.</summary>
internal enum InodeKind
{
    Fifo = 0x1000,
    CharacterDevice = 0x2000,
    Directory = 0x4000,
    BlockDevice = 0x6000,
    File = 0x8000,
    Symlink = 0xA000,
    Socket = 0xC000,
}
