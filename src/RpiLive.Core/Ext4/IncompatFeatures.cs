namespace RpiLive.Core.Ext4;

/// <summary>s_feature_incompat (fs/ext4/ext4.h): features that a reader must know.</summary>
[Flags]
internal enum IncompatFeatures : uint
{
    None = 0,
    Compression = 0x1,
    FileType = 0x2,
    Recover = 0x4,
    JournalDevice = 0x8,
    MetaBlockGroups = 0x10,
    Extents = 0x40,
    SixtyFourBit = 0x80,
    MultiMountProtection = 0x100,
    FlexibleBlockGroups = 0x200,
    EaInode = 0x400,
    DirectoryData = 0x1000,
    ChecksumSeed = 0x2000,
    LargeDirectory = 0x4000,
    InlineData = 0x8000,
    Encrypt = 0x10000,
    CaseFold = 0x20000,
    Readable = FileType | Recover | MetaBlockGroups | Extents | SixtyFourBit | MultiMountProtection | FlexibleBlockGroups
        | EaInode | ChecksumSeed | LargeDirectory | InlineData | CaseFold,
}
