using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Persistence;

/// <summary>The layout of what lies on a store.</summary>
internal static class StoreTree
{
    /// <summary>The folder of everything that RpiLive keeps.</summary>
    public const string Folder = "rpilive";

    private const int DirectoryMode = 0x1ED, FileMode = 0x1A4, PrivateMode = 0x1C0;

    /// <summary>A store that holds nothing yet.</summary>
    public static DirectoryNode Make(Timestamp time)
    {
        DirectoryNode root = NewDirectory(time);
        DirectoryNode folder = Directory(root, Folder, time);
        folder.Children["format"] = new FileNode(new MemoryContent("1\n"u8.ToArray())) { Permissions = FileMode, ModifiedTime = time };
        return root;
    }

    /// <summary>Puts the content of a kept directory in its place; what was there goes.</summary>
    public static void Put(DirectoryNode root, KeepRule rule, DirectoryNode content, Timestamp time)
    {
        DirectoryNode folder = Directory(Directory(root, Folder, time), rule.Mode == KeepMode.Bind ? "bind" : "overlay", time);
        FileName name = KeepDirectory.Encode(rule.Directory);
        if (rule.Mode == KeepMode.Bind)
        {
            folder.Children[name] = content;
            return;
        }
        DirectoryNode layers = NewDirectory(time);
        layers.Children["upper"] = content;
        DirectoryNode work = NewDirectory(time);
        work.Permissions = PrivateMode;
        layers.Children["work"] = work;
        folder.Children[name] = layers;
    }

    private static DirectoryNode Directory(DirectoryNode parent, FileName name, Timestamp time)
    {
        if (parent.Children.GetValueOrDefault(name) is DirectoryNode existing)
            return existing;
        DirectoryNode made = NewDirectory(time);
        parent.Children[name] = made;
        return made;
    }

    private static DirectoryNode NewDirectory(Timestamp time) => new() { Permissions = DirectoryMode, ModifiedTime = time };
}
