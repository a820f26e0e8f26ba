namespace RpiLive.Core.Ext4;

/// <summary>s_feature_incompat of the journal superblock (include/linux/jbd2.h).</summary>
[Flags]
internal enum JournalFeatures : uint
{
    None = 0,
    Revoke = 0x1,
    SixtyFourBit = 0x2,
    AsyncCommit = 0x4,
    ChecksumV2 = 0x8,
    ChecksumV3 = 0x10,
    FastCommit = 0x20,
    Known = Revoke | SixtyFourBit | AsyncCommit | ChecksumV2 | ChecksumV3 | FastCommit,
}
