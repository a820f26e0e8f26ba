namespace RpiLive.Core.Ext4;

/// <summary>s_feature_ro_compat (fs/ext4/ext4.h): features that matter to writers; these change what a reader checks.</summary>
[Flags]
internal enum RoCompatFeatures : uint
{
    SparseSuper = 0x1,
    LargeFile = 0x2,
    HugeFile = 0x8,
    GroupDescriptorChecksum = 0x10,
    DirectoryLinks = 0x20,
    ExtraInodeSize = 0x40,
    BigAlloc = 0x200,
    MetadataChecksum = 0x400,
    SharedBlocks = 0x4000,
}
