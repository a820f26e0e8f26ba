namespace RpiLive.Core.Tree;

/// <summary>
/// An inode between readers and writers. A hard link is the same node under several names. Nodes are plain data and not
/// safe to change from several threads.
/// </summary>
public abstract class TreeNode
{
    /// <summary>Permission bits with setuid, setgid and sticky: 0 to 0o7777.</summary>
    public int Permissions { get; set; }

    /// <summary>Owner.</summary>
    public uint UserId { get; set; }

    /// <summary>Group.</summary>
    public uint GroupId { get; set; }

    /// <summary>Time of the last change of content.</summary>
    public Timestamp ModifiedTime { get; set; }

    /// <summary>Extended attributes, ordered by name, no name twice.</summary>
    public IReadOnlyList<Xattr> Xattrs { get; set; } = [];
}
