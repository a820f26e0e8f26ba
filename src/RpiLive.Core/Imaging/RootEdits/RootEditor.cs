using System.Text;
using RpiLive.Core.Errors;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Edits;

/// <summary>
/// Changes files of a root and notes what it changed. Paths are followed as a Linux system started in the root would, never
/// out of it. A file is changed by putting a new node under its name, so that its other hard links keep what they had.
/// </summary>
internal sealed class RootEditor(DirectoryNode root, RootEditOptions options)
{
    /// <summary>The most bytes of a file that are read for editing; real ones have a few KB.</summary>
    public const int MaxTextLength = 1 << 20;

    private const int FileMode = 0b110_100_100;
    private const int FolderMode = 0b111_101_101;
    private const int AllPermissions = 0b111_111_111;

    private readonly SortedSet<string> _changedPaths = new(StringComparer.Ordinal);
    private readonly List<string> _warnings = [];

    /// <summary>The root directory.</summary>
    public DirectoryNode Root { get; } = root;

    /// <summary>What the caller said of the images.</summary>
    public RootEditOptions Options { get; } = options;

    /// <summary>What was changed, added or removed, by real paths, ordered.</summary>
    public IReadOnlyList<string> ChangedPaths => [.. _changedPaths];

    /// <summary>What the user should know.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Tells the user something.</summary>
    public void Warn(string warning) => _warnings.Add(warning);

    /// <summary>Notes a change that was made on a node itself.</summary>
    public void NoteChange(string path) => _changedPaths.Add(path);

    /// <summary>True when there is anything at the path, symbolic links followed.</summary>
    public bool Exists(string path) => TreePath.Find(Root, path) is not null;

    /// <summary>True when there is a regular file at the path, symbolic links followed.</summary>
    public bool IsFile(string path) => TreePath.FindFile(Root, path) is not null;

    /// <summary>The names in a directory; none where it does not exist.</summary>
    public IEnumerable<string> NamesIn(string folder) =>
        TreePath.FindDirectory(Root, folder)?.Children.Keys.Select(name => name.ToString()).ToArray() ?? [];

    /// <summary>
    /// The text of a regular file, one character a byte (Latin-1), so that bytes of any encoding come back as they were;
    /// null where there is no such file.
    /// </summary>
    /// <exception cref="ImageException">The file has more than <see cref="MaxTextLength"/> bytes.</exception>
    public string? ReadText(string path)
    {
        if (TreePath.FindFile(Root, path) is not { } file)
            return null;
        if (file.Content.Length > MaxTextLength)
            throw InTheWay($"{path} has {file.Content.Length:N0} bytes; {MaxTextLength:N0} is the most that can be edited");
        return Encoding.Latin1.GetString(file.Content.ReadAll(MaxTextLength));
    }

    /// <summary>Gives an existing regular file a new text (Latin-1) and keeps its owner, mode and attributes.</summary>
    public void RewriteText(string path, string text)
    {
        (DirectoryNode folder, string name, string realPath) = Locate(TreePath.Resolve(Root, path) ?? path);
        if (folder.Children.GetValueOrDefault(name) is not FileNode file)
            throw InTheWay($"{path} is no regular file");
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        if (HasContent(file, bytes))
            return;
        folder.Children[name] = new FileNode(new MemoryContent(bytes))
        {
            Permissions = file.Permissions,
            UserId = file.UserId,
            GroupId = file.GroupId,
            ModifiedTime = Options.Timestamp,
            Xattrs = file.Xattrs,
        };
        NoteChange(realPath);
    }

    /// <summary>Puts a file of root's under the name, whatever file or link was there; makes the directories above it.</summary>
    public void PutFile(string path, ReadOnlySpan<byte> content, int mode = FileMode, uint userId = 0, uint groupId = 0)
    {
        DirectoryNode folder = MakeFolder(ParentOf(path));
        string name = NameOf(path);
        TreeNode? present = folder.Children.GetValueOrDefault(name);
        if (present is DirectoryNode)
            throw InTheWay($"{path} is a directory");
        if (present is FileNode file && file.Permissions == mode && file.UserId == userId && file.GroupId == groupId && HasContent(file, content))
            return;
        folder.Children[name] = new FileNode(new MemoryContent(content.ToArray()))
        {
            Permissions = mode,
            UserId = userId,
            GroupId = groupId,
            ModifiedTime = Options.Timestamp,
        };
        NoteChange(RealPath(path));
    }

    /// <summary>Puts a text file of root's, mode 0644, under the name; see <see cref="PutFile"/>.</summary>
    public void PutText(string path, string text) => PutFile(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Puts a symbolic link of root's under the name, whatever file or link was there; makes the directories above it.</summary>
    public void PutLink(string path, string target)
    {
        DirectoryNode folder = MakeFolder(ParentOf(path));
        string name = NameOf(path);
        byte[] bytes = Encoding.UTF8.GetBytes(target);
        TreeNode? present = folder.Children.GetValueOrDefault(name);
        if (present is DirectoryNode)
            throw InTheWay($"{path} is a directory");
        if (present is SymlinkNode link && link.Target.AsSpan().SequenceEqual(bytes))
            return;
        folder.Children[name] = new SymlinkNode(bytes) { Permissions = AllPermissions, ModifiedTime = Options.Timestamp };
        NoteChange(RealPath(path));
    }

    /// <summary>Takes the name away, be it a file or a symbolic link; a directory stays.</summary>
    public void Remove(string path)
    {
        if (TreePath.FindDirectory(Root, ParentOf(path)) is not { } folder
            || !folder.Children.TryGetValue(NameOf(path), out TreeNode? present) || present is DirectoryNode)
            return;
        string realPath = RealPath(path);
        folder.Children.Remove(NameOf(path));
        NoteChange(realPath);
    }

    /// <summary>The directory at the path, made with its parents where it is not there: root's, mode 0755.</summary>
    public DirectoryNode MakeFolder(string path, uint userId = 0, uint groupId = 0)
    {
        switch (TreePath.Find(Root, path))
        {
            case DirectoryNode folder:
                return folder;
            case not null:
                throw InTheWay($"{path} is no directory");
        }
        DirectoryNode parent = MakeFolder(ParentOf(path));
        if (parent.Children.ContainsKey(NameOf(path)))
            throw InTheWay($"{path} is a symbolic link that leads nowhere");
        DirectoryNode made = new() { Permissions = FolderMode, UserId = userId, GroupId = groupId, ModifiedTime = Options.Timestamp };
        parent.Children.Add(NameOf(path), made);
        NoteChange(RealPath(path));
        return made;
    }

    /// <summary>Where the path's last name really lies: the directory above resolved, the name itself not followed.</summary>
    private string RealPath(string path)
    {
        string parent = TreePath.Resolve(Root, ParentOf(path)) ?? ParentOf(path);
        return (parent == "/" ? "" : parent) + "/" + NameOf(path);
    }

    private (DirectoryNode Folder, string Name, string RealPath) Locate(string realPath) =>
        TreePath.FindDirectory(Root, ParentOf(realPath)) is { } folder
            ? (folder, NameOf(realPath), realPath)
            : throw InTheWay($"{realPath} cannot be found again by its name");

    private static bool HasContent(FileNode file, ReadOnlySpan<byte> content) =>
        file.Content.Length == content.Length && file.Content.ReadAll(Math.Max(content.Length, 1)).AsSpan().SequenceEqual(content);

    private static string ParentOf(string path) => path[..Math.Max(path.LastIndexOf('/'), 0)];

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static ImageException InTheWay(string what) => new(
        ErrorIds.RootUnusable, ImageErrorKind.Corrupt, $"The root of the image cannot be made live: {what}.",
        "Repair this in the stock image, or start from an image as published by Raspberry Pi or Debian.");
}
