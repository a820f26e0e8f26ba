namespace RpiLive.Core.Ext4;

/// <summary>The records of the fast commit area (fs/ext4/fast_commit.h).</summary>
internal enum FastCommitTag : ushort
{
    AddRange = 1,
    DeleteRange = 2,
    Create = 3,
    Link = 4,
    Unlink = 5,
    Inode = 6,
    Pad = 7,
    Tail = 8,
    Head = 9,
}
