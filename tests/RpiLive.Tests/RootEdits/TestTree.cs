using System.Security.Cryptography;
using System.Text;
using RpiLive.Core.Tree;

namespace RpiLive.Tests.RootEdits;

/// <summary>Builds small trees: every call adds one thing and makes the directories above it.</summary>
internal sealed class TestTree
{
    /// <summary>The time of everything in a test tree.</summary>
    public static readonly Timestamp Old = new(1_600_000_000);

    public DirectoryNode Root { get; } = new() { Permissions = 0b111_101_101, ModifiedTime = Old };

    public TestTree File(string path, string text = "", int mode = 0b110_100_100, uint owner = 0) =>
        Add(path, new FileNode(new MemoryContent(Encoding.Latin1.GetBytes(text))) { Permissions = mode, UserId = owner, GroupId = owner });

    public TestTree Files(params ReadOnlySpan<string> paths)
    {
        foreach (string path in paths)
            File(path);
        return this;
    }

    public TestTree Program(string path, string text = "\x7F" + "ELF") => File(path, text, 0b111_101_101);

    public TestTree Link(string path, string target) => Add(path, new SymlinkNode(Encoding.UTF8.GetBytes(target)) { Permissions = 0b111_111_111 });

    public TestTree Folder(string path, int mode = 0b111_101_101)
    {
        Parent(path + "/x").Permissions = mode;
        return this;
    }

    public TestTree HardLink(string path, string existing) => Add(path, this[existing]);

    public TestTree Add(string path, TreeNode node)
    {
        if (node.ModifiedTime == default)
            node.ModifiedTime = Old;
        Parent(path).Children[path[(path.LastIndexOf('/') + 1)..]] = node;
        return this;
    }

    public TreeNode this[string path] => TreePath.Find(Root, path, followLast: false) ?? throw new InvalidOperationException(path + " is not there.");

    public string Text(string path) => Encoding.Latin1.GetString(Assert.IsType<FileNode>(this[path]).Content.ReadAll());

    public string Target(string path) => Encoding.UTF8.GetString(Assert.IsType<SymlinkNode>(this[path]).Target);

    public bool Has(string path) => TreePath.Find(Root, path, followLast: false) is not null;

    /// <summary>Every path with everything about its node, for comparing whole trees.</summary>
    public SortedDictionary<string, string> Listing()
    {
        SortedDictionary<string, string> listing = new(StringComparer.Ordinal);
        List("", Root);
        return listing;

        void List(string path, TreeNode node)
        {
            string what = node switch
            {
                FileNode file => $"file {file.Content.Length} {Convert.ToHexString(SHA256.HashData(file.Content.ReadAll()))}",
                SymlinkNode link => "link " + Convert.ToHexString(link.Target),
                SpecialNode special => $"{special.Kind} {special.Major}:{special.Minor}",
                _ => "directory",
            };
            listing[path.Length == 0 ? "/" : path] = $"{Convert.ToString(node.Permissions, 8)} {node.UserId}:{node.GroupId} {node.ModifiedTime} "
                + $"[{string.Join(' ', node.Xattrs.Select(xattr => xattr.Name + "=" + Convert.ToHexString(xattr.Value)))}] {what}";
            foreach ((FileName name, TreeNode child) in (node as DirectoryNode)?.Children ?? [])
                List(path + "/" + name, child);
        }
    }

    private DirectoryNode Parent(string path)
    {
        DirectoryNode folder = Root;
        foreach (string name in path[..path.LastIndexOf('/')].Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            TreeNode? next = folder.Children.GetValueOrDefault(name);
            if (next is SymlinkNode link)
                next = TreePath.Find(Root, Encoding.UTF8.GetString(link.Target)) as DirectoryNode ?? throw new InvalidOperationException($"The link in {path} leads nowhere.");
            if (next is not DirectoryNode found)
                folder.Children[name] = next = found = new DirectoryNode { Permissions = 0b111_101_101, ModifiedTime = Old };
            folder = found;
        }
        return folder;
    }
}
