namespace RpiLive.Core.Ext4;

/// <summary>Flags of an entry of a descriptor block (include/linux/jbd2.h).</summary>
[Flags]
internal enum JournalTagFlags : ushort
{
    Escaped = 1,
    SameUuid = 2,
    Last = 8,
}
