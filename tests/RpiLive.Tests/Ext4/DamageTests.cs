using System.Globalization;
using System.Text.RegularExpressions;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Ext4;

public sealed class DamageTests
{
    private const int BlockSize = 1024;

    /// <summary>Structures with checksums: what errors call them, and how debugfs says where they lie.</summary>
    public static TheoryData<string, string, string> Structures => new()
    {
        { "superblock", "", "1" },
        { "descriptor of group 0", "", "2" },
        { "inode 2 ", "imap <2>", "located at block (\\d+)" },
        { "a block of directory inode", "bmap /many 2", "^(\\d+)" },
        { "the index of directory inode", "bmap /many 0", "^(\\d+)" },
        { "an extent node of inode", "ex /frag", " 1/ 1 .*?\\d+ - +\\d+ +(\\d+)|^ *0/ *1 .*? (\\d+) +\\d+ *$" },
        { "attribute block", "stat /attr", "File ACL: (\\d+)" },
    };

    [Theory]
    [MemberData(nameof(Structures))]
    public void A_flipped_bit_in_a_structure_is_found_by_its_checksum(string structure, string command, string pattern)
    {
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        Samples.Make(folder["image"], "16M", "-t ext4 -b 1024");
        using (LoopMount mount = new(folder["image"], "ext4", "rw"))
        {
            Samples.Fill(mount.Path, """
                cd "$1"; mkdir many; for i in $(seq 1 300); do : > many/a-rather-long-name-$i; done
                python3 -c "f = open('frag', 'wb', 0); [(f.seek(i * 2048), f.write(b'x')) for i in range(50)]"
                : > attr; setfattr -n user.long -v "$(head -c 400 /dev/zero | tr '\0' v)" attr
                """);
        }
        string found = pattern;
        if (command.Length > 0)
        {
            Match match = Regex.Match(Tools.Run("debugfs", "-R", command, folder["image"]), pattern, RegexOptions.Multiline);
            Assert.True(match.Success, Tools.Run("debugfs", "-R", command, folder["image"]));
            found = match.Groups.Values.Skip(1).First(group => group.Success).Value;
        }
        int block = int.Parse(found, CultureInfo.InvariantCulture);
        byte[] image = File.ReadAllBytes(folder["image"]);
        ReadAll(image);
        // Bytes that no other check looks at: of inode 2 the time of its last change, of the group its free blocks.
        int offset = structure switch { "superblock" => 0x88, "descriptor of group 0" => 0x0C, "inode 2 " => 256 + 0x0C, _ => 24 };
        image[(block * BlockSize) + offset] ^= 1;
        ImageException error = Assert.Throws<ImageException>(() => ReadAll(image));
        Assert.Equal("CorruptExt4", error.ErrorId);
        Assert.Contains("checksum of", error.Message, StringComparison.Ordinal);
        Assert.Contains(structure, error.Message, StringComparison.Ordinal);
    }

    /// <summary>Commands of debugfs that break a tree, and a part of the error.</summary>
    public static TheoryData<string, string> Breaks => new()
    {
        { "ln /dir /again", "second name" },
        { "ln / /dir/root", "second name" },
        { "ln /dir /dir/sub/up", "second name" },
        { "ln <60> /free", "free or deleted" },
        { "ln <8> /journal", "reserved inode 8" },
        { "set_inode_field /file mode 0170644", "no kind of file" },
        { "set_inode_field /file links_count 0", "free or deleted" },
        { "set_inode_field /dir size 1025", "size" },
        { "set_inode_field /dir size 2048", "hole" },
        { "set_inode_field /link size 0", "target of 0" },
        { "set_inode_field /link size 70", "target" },
        { "set_inode_field /file flags 0x80800", "encrypt" },
    };

    [Theory]
    [MemberData(nameof(Breaks))]
    public void A_broken_tree_is_an_error(string command, string message)
    {
        Tools.RequireRoot();
        Tools.Require("debugfs");
        using TemporaryFolder folder = new();
        using SourceTree tree = new();
        Samples.Fill(tree.Path, "cd \"$1\"; mkdir -p dir/sub; echo a > dir/a; head -c 5000 /dev/urandom > file; ln -s target link");
        Samples.Make(folder["image"], "8M", "-t ext4 -b 1024 -O ^metadata_csum,^uninit_bg", tree.Path);
        Tools.Run("debugfs", "-w", "-R", command, folder["image"]);
        ImageException error = Assert.Throws<ImageException>(() => ReadAll(File.ReadAllBytes(folder["image"])));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    /// <summary>What a directory entry becomes: an offset from its name, the bytes there, and a part of the error.</summary>
    public static TheoryData<int, byte[], string> Entries => new()
    {
        { 0, "second"u8.ToArray(), "'second' twice" },
        { 2, "/"u8.ToArray(), "holds a slash" },
        { 2, [0], "holds a slash or a zero" },
        { -8, [0xFF, 0xFF, 0xFF, 0x7F], "2,147,483,647" },
        { -8, [3], "reserved inode 3" },
        { -4, [13], "entry of 13 bytes" },
        { -4, [8], "entry of 8 bytes" },
        { -4, [0, 8], "entry of 2,048 bytes" },
        { -2, [200], "a name of 200" },
        { -2, [0], "is empty" },
    };

    [Theory]
    [MemberData(nameof(Entries))]
    public void A_broken_directory_entry_is_an_error(int offset, byte[] bytes, string message)
    {
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        using SourceTree tree = new();
        Samples.Fill(tree.Path, "cd \"$1\"; mkdir dir; echo > dir/first_; echo > dir/second");
        Samples.Make(folder["image"], "8M", "-t ext4 -b 1024 -O ^metadata_csum,^uninit_bg", tree.Path);
        byte[] image = File.ReadAllBytes(folder["image"]);
        int name = image.AsSpan().IndexOf("first_"u8);
        bytes.CopyTo(image, name + offset);
        ImageException error = Assert.Throws<ImageException>(() => ReadAll(image));
        Assert.Equal("CorruptExt4", error.ErrorId);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    /// <summary>Damage to the extent tree of a file: bytes of i_block, and a part of the error.</summary>
    public static TheoryData<int, int, string> Extents => new()
    {
        { 0, 0x0B, "magic number" },
        { 2, 5, "5 entries in a room of 4" },
        { 4, 5, "room of 5" },
        { 6, 6, "6 levels" },
        { 16, 0, "0 blocks" },
        { 20, 0xFF, "outside the file system" },
        { 24, 0, "out of order" },
        { 28, 0, "0 blocks" },
    };

    [Theory]
    [MemberData(nameof(Extents))]
    public void A_broken_extent_is_an_error(int offset, int value, string message)
    {
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        using SourceTree tree = new();
        Samples.Fill(tree.Path, "cd \"$1\"; truncate -s 9000 file; for at in 1 3 5; do echo $at | dd of=file bs=1024 seek=$at conv=notrunc status=none; done");
        Samples.Make(folder["image"], "8M", "-t ext4 -b 1024 -O ^metadata_csum,^uninit_bg", tree.Path);
        byte[] image = File.ReadAllBytes(folder["image"]);
        Match place = Regex.Match(Tools.Run("debugfs", "-R", "imap /file", folder["image"]), "located at block (\\d+), offset 0x([0-9a-f]+)");
        int inode = (int.Parse(place.Groups[1].Value, CultureInfo.InvariantCulture) * BlockSize) + int.Parse(place.Groups[2].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        Assert.Equal(0x0A, image[inode + 0x28]);
        image[inode + 0x28 + offset] = (byte)value;
        // The second byte of a number that is to be large.
        if (value == 0xFF)
            image[inode + 0x28 + offset + 1] = 0xFF;
        ImageException error = Assert.Throws<ImageException>(() => ReadAll(image));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static void ReadAll(byte[] image)
    {
        DirectoryNode root = Samples.Read(new MemorySource(image, "image")).Root;
        MountedTree.Describe(root);
    }
}
