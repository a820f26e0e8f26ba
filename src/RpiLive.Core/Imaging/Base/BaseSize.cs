using RpiLive.Core.Imaging.Edits;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Base;

/// <summary>How large a file system must be.</summary>
internal static class BaseSize
{
    /// <summary>Bytes of a file system of 512 MiB and more for each inode, by default.</summary>
    private const long BytesPerInode = 16384;

    private const long BlockSize = 4096, Journal = 64 << 20, SpareInodes = 1024;

    /// <summary>
    /// Bytes that an ext4 file system with this content needs: blocks of files and directories, a sixteenth for inode tables, a twentieth
    /// reserved, and the journal; or as many as have an inode for each file, where those are small.
    /// </summary>
    public static long Of(DirectoryNode root)
    {
        long nodes = 0, blocks = 0;
        foreach (TreeWalk.Entry entry in TreeWalk.Nodes(root))
        {
            nodes++;
            blocks += entry.Node switch
            {
                DirectoryNode folder => 1 + folder.Children.Count / 40,
                FileNode file => (file.Content.Length + BlockSize - 1) / BlockSize,
                _ => 0,
            };
        }
        long content = blocks * BlockSize;
        return Math.Max(content + content / 8 + content / 20, (nodes + SpareInodes) * BytesPerInode) + Journal;
    }
}
