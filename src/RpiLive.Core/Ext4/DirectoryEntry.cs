using RpiLive.Core.Tree;

namespace RpiLive.Core.Ext4;

/// <summary>One name in a directory and the inode it leads to.</summary>
internal readonly record struct DirectoryEntry(FileName Name, uint Inode);
