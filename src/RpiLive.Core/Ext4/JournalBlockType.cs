namespace RpiLive.Core.Ext4;

/// <summary>h_blocktype of the blocks that make up the log (include/linux/jbd2.h).</summary>
internal enum JournalBlockType : uint
{
    Descriptor = 1,
    Commit = 2,
    Revoke = 5,
}
