using System.Text;
using RpiLive.Core.Tree;

namespace RpiLive.Tests.SquashFs;

/// <summary>A tree with something of everything.</summary>
internal static class SampleTree
{
    public static readonly Timestamp Time = new(1_650_000_000);

    public static DirectoryNode Directory(int permissions = 0x1ED) => new() { Permissions = permissions, ModifiedTime = Time };

    public static FileNode File(FileContent content, int permissions = 0x1A4) => new(content) { Permissions = permissions, ModifiedTime = Time };

    public static FileNode File(byte[] bytes) => File(new MemoryContent(bytes));

    public static SymlinkNode Link(string target) => new(Encoding.UTF8.GetBytes(target)) { Permissions = 0x1FF, ModifiedTime = Time };

    public static byte[] Noise(int length, int seed = 0)
    {
        byte[] bytes = new byte[length];
        new Random(seed + length).NextBytes(bytes);
        return bytes;
    }

    public static byte[] Text(int length, int seed = 0)
    {
        StringBuilder text = new();
        for (int i = seed; text.Length < length; i++)
            text.Append(i * 7919L % 10007).Append(i % 3 == 0 ? " the \n" : " lines ");
        return Encoding.ASCII.GetBytes(text.ToString(0, length));
    }

    public static DirectoryNode Make(int blockSize = 128 << 10)
    {
        DirectoryNode root = Directory();
        root.UserId = 7;
        root.Xattrs = [new Xattr("user.root", "r"u8.ToArray())];

        DirectoryNode sizes = Directory();
        root.Children.Add("sizes", sizes);
        foreach (int size in (int[])[0, 1, 17, blockSize - 1, blockSize, blockSize + 1, (3 * blockSize) - 1, 3 * blockSize, (3 * blockSize) + 1, (5 * blockSize) + 1234])
        {
            sizes.Children.Add($"text-{size}", File(Text(size)));
            sizes.Children.Add($"noise-{size}", File(Noise(size)));
            sizes.Children.Add($"zeros-{size}", File(new byte[size]));
        }

        DirectoryNode same = Directory();
        root.Children.Add("same", same);
        foreach (string name in (string[])["a", "b", "c"])
        {
            same.Children.Add($"small-{name}", File(Text(500, 3)));
            same.Children.Add($"block-{name}", File(Text(blockSize, 3)));
            same.Children.Add($"large-{name}", File(Text((4 * blockSize) + 99, 3)));
            same.Children.Add($"empty-{name}", File([]));
        }
        byte[] almost = Text((4 * blockSize) + 99, 3);
        almost[^1] ^= 1;
        same.Children.Add("large-but-one", File(almost));
        byte[] start = Text((4 * blockSize) + 99, 3);
        start[0] ^= 1;
        same.Children.Add("large-but-first", File(start));
        same.Children.Add("same-tail", File([.. Noise(blockSize, 9), .. Text((4 * blockSize) + 99, 3)[^99..]]));

        DirectoryNode sparse = Directory();
        root.Children.Add("sparse", sparse);
        byte[] holes = new byte[10 * blockSize];
        Text(100).CopyTo(holes, 3 * blockSize);
        Text(blockSize + 10).CopyTo(holes, 7 * blockSize);
        sparse.Children.Add("holes", File(holes));
        sparse.Children.Add("tail-is-zero", File([.. Text(blockSize), .. new byte[100]]));
        sparse.Children.Add("starts-with-zeros", File([.. new byte[2 * blockSize], .. Text(100)]));
        sparse.Children.Add("starts-with-zeros-too", File([.. new byte[2 * blockSize], .. Text(100)]));

        DirectoryNode kinds = Directory(0x3FF);
        root.Children.Add("kinds", kinds);
        Special(kinds, "null", SpecialKind.CharacterDevice, 1, 3);
        Special(kinds, "big", SpecialKind.CharacterDevice, 4095, 1048575);
        Special(kinds, "disk", SpecialKind.BlockDevice, 179, 258);
        Special(kinds, "fifo", SpecialKind.Fifo, 0, 0);
        Special(kinds, "socket", SpecialKind.Socket, 0, 0);
        kinds.Children.Add("link", Link("../sizes"));
        kinds.Children.Add("dangling", Link("/no/such"));
        kinds.Children.Add("longest", Link(new string('x', 4095)));
        kinds.Children.Add("setuid", File(new MemoryContent(Text(10)), 0x9ED));
        kinds.Children.Add("no-rights", File(new MemoryContent(Text(11)), 0));

        DirectoryNode names = Directory();
        root.Children.Add("names", names);
        names.Children.Add("Ångström 日本語", File(Text(12)));
        names.Children.Add(new FileName([0xFF, 0xFE, 0x80, (byte)'x']), File(Text(13)));
        names.Children.Add(new FileName([0xC3]), Directory());
        names.Children.Add(new string('n', 255), File(Text(14)));
        names.Children.Add("new\nline \\ \"quoted\" 'and' $more", File(Text(15)));
        names.Children.Add("a", Directory());
        names.Children.Add("a.b", File(Text(16)));
        names.Children.Add("aa", File(Text(17)));

        DirectoryNode links = Directory();
        root.Children.Add("links", links);
        FileNode linked = File(Text(2000, 5));
        SymlinkNode linkedLink = Link("twice");
        links.Children.Add("one", linked);
        links.Children.Add("two", linked);
        links.Children.Add("symlink-one", linkedLink);
        links.Children.Add("symlink-two", linkedLink);
        DirectoryNode inner = Directory();
        links.Children.Add("inner", inner);
        inner.Children.Add("three", linked);
        SpecialNode device = new(SpecialKind.BlockDevice, 8, 1) { Permissions = 0x1B0, ModifiedTime = Time };
        inner.Children.Add("sda1", device);
        links.Children.Add("sda1", device);

        AddXattrs(root);

        DirectoryNode owners = Directory();
        root.Children.Add("owners", owners);
        for (uint i = 0; i < 300; i++)
        {
            FileNode file = File([]);
            (file.UserId, file.GroupId) = (i * 1000, uint.MaxValue - 1 - i);
            file.ModifiedTime = new Timestamp(i * 14_000_000L, 999_999_999);
            owners.Children.Add($"owner-{i}", file);
        }
        return root;
    }

    private static void AddXattrs(DirectoryNode root)
    {
        DirectoryNode xattrs = Directory();
        root.Children.Add("xattrs", xattrs);
        byte[] shared = Noise(1000, 1);
        void Add(string name, TreeNode node, params Xattr[] set)
        {
            node.Xattrs = set;
            xattrs.Children.Add(name, node);
        }

        Xattr capability = new("security.capability", Convert.FromHexString("0100000200200000000000000000000000000000"));
        Add("ping", File(Text(100)), capability);
        Add("ping-too", File(Text(101)), capability);
        Add("empty-value", File(Text(102)), new Xattr("user.empty", []));
        Add("longest-name", File(Text(104)), new Xattr("user." + new string('n', 250), "x"u8.ToArray()));
        Add("many", File(Text(105)), [.. Enumerable.Range(0, 30).Select(i => new Xattr($"user.number-{i:D4}", Noise(i % 40, i)))]);
        Add("shared-one", File(Text(106)), new Xattr("trusted.shared", shared), new Xattr("user.differs", "1"u8.ToArray()));
        Add("shared-two", File(Text(107)), new Xattr("trusted.shared", shared), new Xattr("user.differs", "2"u8.ToArray()));
        Add("shared-three", File(Text(108)), new Xattr("security.other", shared), new Xattr("trusted.shared", shared));
        Add("directory", Directory(), capability);
        Add("symlink", Link("ping"), new Xattr("trusted.on-link", "l"u8.ToArray()));
        Add("fifo", new SpecialNode(SpecialKind.Fifo) { Permissions = 0x180, ModifiedTime = Time }, new Xattr("trusted.on-fifo", "f"u8.ToArray()));
        Add("device", new SpecialNode(SpecialKind.CharacterDevice, 5, 1) { Permissions = 0x180, ModifiedTime = Time }, new Xattr("trusted.on-device", "d"u8.ToArray()));
    }

    private static void Special(DirectoryNode directory, string name, SpecialKind kind, uint major, uint minor) =>
        directory.Children.Add(name, new SpecialNode(kind, major, minor) { Permissions = 0x1B4, ModifiedTime = Time });
}
