namespace RpiLive.Core.Ext4;

/// <summary>s_feature_compat (fs/ext4/ext4.h): features that a reader may ignore, as far as they matter here.</summary>
[Flags]
internal enum CompatFeatures : uint
{
    HasJournal = 0x4,
    ExtendedAttributes = 0x8,
    ResizeInode = 0x10,
    DirectoryIndex = 0x20,
    SparseSuper2 = 0x200,
}
