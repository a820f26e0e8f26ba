using System.Text;
using RpiLive.Core.Errors;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Persistence;

/// <summary>Reads a folder of the host as a tree for a store.</summary>
/// <param name="user">Owner of everything.</param>
/// <param name="group">Group of everything.</param>
/// <param name="topMode">Permissions of the folder itself.</param>
/// <param name="directoryMode">Permissions of the directories in it.</param>
/// <param name="fileMode">Permissions of its files.</param>
internal sealed class SeedFolder(uint user, uint group, int topMode, int directoryMode, int fileMode)
{
    private const int LinkMode = 0x1FF, ReadBits = 0x124, ReadToExecute = 2;

    private static readonly EnumerationOptions s_everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false, ReturnSpecialDirectories = false };

    /// <summary>Reads the names; contents are read when a writer asks.</summary>
    /// <param name="folder">Full path.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ImageException"><see cref="ErrorIds.SeedUnreadable"/>, <see cref="ErrorIds.SeedUnusable"/>.</exception>
    public DirectoryNode Read(string folder, CancellationToken cancellation)
    {
        DirectoryNode top = (DirectoryNode)Dress(new DirectoryNode(), new DirectoryInfo(folder), topMode);
        Stack<(string Path, DirectoryNode Node)> pending = new();
        pending.Push((folder, top));
        while (pending.TryPop(out (string Path, DirectoryNode Node) directory))
        {
            foreach (FileSystemInfo entry in List(directory.Path))
            {
                cancellation.ThrowIfCancellationRequested();
                FileName name = entry.Name;
                if (!name.IsValid || entry.Name.Contains('\uFFFD', StringComparison.Ordinal))
                    throw Unusable(entry.FullName, "its name cannot be one on the Pi: more than 255 bytes of UTF-8, or no text", "Rename it, or leave it out of the folder.");
                TreeNode node = NodeOf(entry);
                directory.Node.Children[name] = node;
                if (node is DirectoryNode child)
                    pending.Push((entry.FullName, child));
            }
        }
        return top;
    }

    /// <summary>True for what the host says when a file cannot be read.</summary>
    public static bool IsHostError(Exception e) => e is IOException or UnauthorizedAccessException or NotSupportedException or System.Security.SecurityException;

    public static ImageException Unreadable(string path, Exception e) => new(
        ErrorIds.SeedUnreadable, ImageErrorKind.Unreadable, $"{path}: cannot be read: {e.Message.TrimEnd('.')}.",
        "Check that it exists, that you may read it and that no other program changes it.", e);

    private static ImageException Unusable(string path, string what, string action) => KeepErrors.Request(ErrorIds.SeedUnusable, path, what, action);

    private static List<FileSystemInfo> List(string folder)
    {
        try
        {
            return [.. new DirectoryInfo(folder).EnumerateFileSystemInfos("*", s_everything)];
        }
        catch (Exception e) when (IsHostError(e))
        {
            throw Unreadable(folder, e);
        }
    }

    private TreeNode NodeOf(FileSystemInfo entry)
    {
        try
        {
            if (entry.LinkTarget is { } target)
            {
                return OperatingSystem.IsWindows()
                    ? throw Unusable(entry.FullName, "is a link of Windows, which means nothing on the Pi", "Put what it leads to in its place, or leave it out of the folder.")
                    : Dress(new SymlinkNode(Encoding.UTF8.GetBytes(target)), entry, LinkMode);
            }
            if (entry is DirectoryInfo)
                return Dress(new DirectoryNode(), entry, directoryMode);
            // Pipes, sockets and devices have no length, and what has none is never opened.
            SeedContent content = new(entry.FullName, ((FileInfo)entry).Length);
            int mode = IsExecutable(entry, content) ? fileMode | ((fileMode & ReadBits) >> ReadToExecute) : fileMode;
            return Dress(new FileNode(content), entry, mode);
        }
        catch (Exception e) when (IsHostError(e))
        {
            throw Unreadable(entry.FullName, e);
        }
    }

    private static bool IsExecutable(FileSystemInfo file, SeedContent content)
    {
        if (!OperatingSystem.IsWindows())
            return (file.UnixFileMode & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
        Span<byte> start = stackalloc byte[(int)Math.Min(4, content.Length)];
        content.Read(0, start);
        return start.StartsWith("#!"u8) || start.SequenceEqual("\u007fELF"u8);
    }

    private TreeNode Dress(TreeNode node, FileSystemInfo entry, int permissions)
    {
        node.Permissions = permissions;
        node.UserId = user;
        node.GroupId = group;
        long ticks = entry.LastWriteTimeUtc.Ticks - DateTime.UnixEpoch.Ticks;
        (long seconds, long rest) = Math.DivRem(ticks, TimeSpan.TicksPerSecond);
        node.ModifiedTime = rest < 0
            ? new Timestamp(seconds - 1, (uint)((rest + TimeSpan.TicksPerSecond) * TimeSpan.NanosecondsPerTick))
            : new Timestamp(seconds, (uint)(rest * TimeSpan.NanosecondsPerTick));
        return node;
    }
}
