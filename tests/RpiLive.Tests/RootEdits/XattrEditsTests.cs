using System.Text;
using RpiLive.Core.Imaging.Edits;
using RpiLive.Core.Tree;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.RootEdits;

public sealed class XattrEditsTests
{
    private const string AccessName = "system.posix_acl_access";
    private const string DefaultName = "system.posix_acl_default";
    private const string ListPath = "/usr/lib/rpilive/acls";

    /// <summary>ACLs of files and directories: usual ones, masks narrower than the group, entries that keep somebody out.</summary>
    public static TheoryData<string, int> Lists => new()
    {
        { "u:1001:rw", 0b110_100_000 },
        { "u:1001:---", 0b111_111_101 },
        { "g:2002:rx", 0b111_101_101 },
        { "g:2002:---", 0b110_110_110 },
        { "u:1001:rwx,g:2002:r,m::r", 0b111_101_101 },
        { "u:1001:r,g::rwx,m::rwx", 0b111_111_111 },
        { "g::---,g:2002:rwx,m::rwx", 0b111_000_100 },
        { "u:1001:-wx,g:2002:r-x,g:2003:--x,o::rwx,m::rwx", 0b111_111_111 },
        { "m::---,u:1001:rwx", 0b110_110_110 },
        { "u:1001:rwx", 0b1_111_111_101 | 0b110_000_000_000 },
    };

    [Theory]
    [MemberData(nameof(Lists))]
    public void Without_its_ACL_a_file_gives_nobody_more_than_with_it(string list, int mode)
    {
        Tools.Require("setfacl", "getfattr", "setpriv");
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        Tools.Run("chmod", "755", folder.Path);
        string path = folder["file"];
        File.WriteAllText(path, "");
        Tools.Run("chown", "1000:2000", path);
        Tools.Run("chmod", Convert.ToString(mode, 8), path);
        Tools.Run("setfacl", "-n", "-m", list, path);
        string[] before = Rights(path);

        FileNode node = new(new MemoryContent(default)) { Permissions = Mode(path), UserId = 1000, GroupId = 2000, Xattrs = [ReadAcl(path, AccessName)!] };
        TestTree tree = new TestTree().Add("/file", node);
        Edit.Apply(new PosixAclEdit(), tree);
        Assert.Empty(node.Xattrs);
        Assert.Equal(Mode(path) & 0xE00, node.Permissions & 0xE00);

        string saved = Tools.Run("getfacl", "-n", "--absolute-names", path);
        Tools.Run("setfacl", "-b", path);
        Tools.Run("chmod", Convert.ToString(node.Permissions, 8), path);
        string[] after = Rights(path);
        for (int i = 0; i < before.Length; i++)
            Assert.Empty(after[i].Except(before[i]));

        File.WriteAllText(folder["acls"], tree.Text(ListPath));
        Tools.Shell($"cd '{folder.Path}'; setfacl --restore=acls");
        Assert.Equal(saved, Tools.Run("getfacl", "-n", "--absolute-names", path));
        Assert.Equal(before, Rights(path));
    }

    [Fact]
    public void Setfacl_restores_default_lists_odd_names_and_special_bits()
    {
        Tools.Require("setfacl", "getfattr");
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        string top = folder["top"];
        Tools.Shell($"""
            mkdir '{top}'; cd '{top}'
            mkdir -m 2755 journal plain; mkdir -m 1777 sticky
            touch 'back\slash' ' blanks ' '#hash' 'nö' "$(printf 'line\nend')" "$(printf 'bad\377\r')" 'quote"' "tick'" 'back\\134'
            for f in *; do setfacl -n -m u:1001:r,m::r "$f"; done
            setfacl -b plain; setfacl -m d:g:4:rx,d:o:- plain; setfacl -m g:4:rx,d:g:4:rx journal; setfacl -m u:5:x .
            """);
        try
        {
            string wanted = Tools.Shell($"cd '{top}'; getfacl -nR .");
            string names = Tools.Shell($"cd '{top}'; find . -printf '%P\\0' | od -An -v -tx1 | tr -d ' \\n'");
            TestTree tree = new();
            tree.Root.Xattrs = [ReadAcl(top, AccessName)!];
            tree.Root.Permissions = Mode(top);
            foreach (string hex in Convert.FromHexString(names).Split0())
            {
                byte[] name = Convert.FromHexString(hex);
                if (name.Length == 0)
                    continue;
                // The shell gets names as octal escapes, as text cannot carry all of them.
                string path = $"\"$(printf '{string.Concat(name.Select(letter => "\\" + Convert.ToString(letter, 8).PadLeft(3, '0')))}.'; )\"";
                string script = $"cd '{top}'; n={path}; n=${{n%.}}; ";
                bool isFolder = Tools.Shell(script + "test ! -d \"$n\" || echo yes").Length > 0;
                TreeNode node = isFolder ? new DirectoryNode() : new FileNode(new MemoryContent(default));
                node.Permissions = Convert.ToInt32(Tools.Shell(script + "stat -c %a \"$n\"").Trim(), 8);
                node.Xattrs = [.. new[] { AccessName, DefaultName }.Select(attribute => ParseAcl(attribute, Tools.Shell(script + $"getfattr --only-values -n {attribute} -- \"./$n\" 2>/dev/null | od -An -v -tx1 | tr -d ' \\n' || true")))
                    .OfType<Xattr>()];
                tree.Root.Children[new FileName(name)] = node;
            }
            Edit.Apply(new PosixAclEdit(), tree);
            File.WriteAllBytes(folder["acls"], ((FileNode)tree[ListPath]).Content.ReadAll());
            Tools.Shell($"cd '{top}'; setfacl -bR .; setfacl --restore=../acls");
            string restored = Tools.Shell($"cd '{top}'; getfacl -nR .");
            Assert.Equal(wanted, restored);
        }
        finally
        {
            // .NET cannot delete names that are no UTF-8.
            Tools.Run("rm", "-r", top);
        }
    }

    [Fact]
    public void A_service_puts_the_lists_on_again_where_setfacl_is_installed()
    {
        TestTree tree = WithAcl(StockRoots.Trixie().Program("/usr/bin/setfacl"), "/home/pi/.profile");
        (string[] changed, string[] warnings) = Edit.Apply(new PosixAclEdit(), tree);
        Assert.Equal(
            [
                "/home/pi/.profile", "/usr/lib/rpilive", ListPath, "/usr/lib/systemd/system/rpilive-acls.service",
                "/usr/lib/systemd/system/sysinit.target.wants", "/usr/lib/systemd/system/sysinit.target.wants/rpilive-acls.service",
            ], changed);
        Assert.Empty(warnings);
        Assert.Contains("\nExecStart=-/usr/bin/setfacl --restore=/usr/lib/rpilive/acls\n", tree.Text("/usr/lib/systemd/system/rpilive-acls.service"), StringComparison.Ordinal);
        Assert.Equal("# file: home/pi/.profile\nuser::rw-\nuser:1000:r--\ngroup::r--\nmask::r--\nother::r--\n\n", tree.Text(ListPath));
        Assert.Equal(0b110_000_000, tree[ListPath].Permissions);
    }

    [Fact]
    public void Without_setfacl_the_loss_is_told_with_number_and_names()
    {
        TestTree tree = StockRoots.Trixie();
        foreach (int i in Enumerable.Range(0, 7))
            WithAcl(tree.File($"/srv/f{i}"), $"/srv/f{i}");
        string warning = Assert.Single(Edit.Apply(new PosixAclEdit(), tree).Warnings);
        Assert.StartsWith("7 files", warning, StringComparison.Ordinal);
        Assert.Contains("/srv/f0, /srv/f1, /srv/f2, /srv/f3, /srv/f4, …", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("01000000")]
    [InlineData("0200000001000600FFFFFFFF")]
    [InlineData("0200000001000600FFFFFFFF02000400E803000004000400FFFFFFFF20000400FFFFFFFF")]
    [InlineData("0200000001000800FFFFFFFF04000400FFFFFFFF20000400FFFFFFFF")]
    [InlineData("0200000001000600FFFFFFFF04000400FFFFFFFF20000400FFFFFF")]
    public void A_file_with_a_damaged_list_is_its_owners_alone(string hex)
    {
        TestTree tree = new TestTree().File("/f", mode: 0b110_110_110);
        tree["/f"].Xattrs = [new Xattr(AccessName, Convert.FromHexString(hex))];
        Assert.Contains(Edit.Apply(new PosixAclEdit(), tree).Warnings, warning => warning.Contains("damaged", StringComparison.Ordinal));
        Assert.Equal(0b110_000_000, tree["/f"].Permissions);
    }

    [Fact]
    public void A_hard_linked_file_stands_in_the_list_once()
    {
        TestTree tree = WithAcl(new TestTree().File("/a"), "/a").HardLink("/b", "/a");
        RootEditor editor = new(tree.Root, Edit.Options);
        new PosixAclEdit().Apply(editor);
        Assert.Single(tree.Text(ListPath).Split("# file: ", StringSplitOptions.RemoveEmptyEntries));
        Assert.Same(tree["/a"], tree["/b"]);
    }

    [Fact]
    public void Circles_and_endless_paths_come_to_an_end()
    {
        TestTree tree = new();
        DirectoryNode folder = tree.Root;
        foreach (int _ in Enumerable.Range(0, 200_000))
        {
            DirectoryNode next = new() { Permissions = 0b111_111_101 };
            folder.Children[new FileName(new string('d', 100))] = next;
            next.Xattrs = [new Xattr(AccessName, Convert.FromHexString("0200000001000600FFFFFFFF02000400E803000004000400FFFFFFFF10000400FFFFFFFF20000400FFFFFFFF"))];
            folder = next;
        }
        folder.Children["up"] = tree.Root;
        RootEditor editor = new(tree.Root, Edit.Options);
        new PosixAclEdit().Apply(editor);
        Assert.Empty(folder.Xattrs);
        Assert.Equal(0b110_000_000, folder.Permissions & ~0b001_000_000);
        Assert.Equal(2, editor.Warnings.Count);
    }

    [Fact]
    public void Attributes_that_SquashFS_or_the_overlay_cannot_take_are_dropped_and_told()
    {
        TestTree tree = new TestTree().File("/f").File("/g");
        Xattr capability = new("security.capability", new byte[20]), own = new("user.x", [1]), trusted = new("trusted.y", [2]);
        tree["/f"].Xattrs = [capability, new("system.nfs4_acl", [1]), new("trusted.overlay.opaque", [(byte)'y']), trusted, own];
        tree["/g"].Xattrs = [capability];
        (string[] changed, string[] warnings) = Edit.Apply(new XattrEdit(), tree);
        Assert.Equal(["/f"], changed);
        Assert.Equal([capability, trusted, own], tree["/f"].Xattrs);
        Assert.Contains("system.nfs4_acl, trusted.overlay.opaque", Assert.Single(warnings), StringComparison.Ordinal);
    }

    private static TestTree WithAcl(TestTree tree, string path)
    {
        tree[path].Xattrs = [new Xattr(AccessName, Convert.FromHexString("0200000001000600FFFFFFFF02000400E803000004000400FFFFFFFF10000400FFFFFFFF20000400FFFFFFFF"))];
        return tree;
    }

    private static int Mode(string path) => Convert.ToInt32(Tools.Run("stat", "-c", "%a", path).Trim(), 8);

    private static Xattr? ReadAcl(string path, string attribute) =>
        ParseAcl(attribute, Tools.Shell($"getfattr --only-values --absolute-names -n {attribute} '{path}' | od -An -v -tx1 | tr -d ' \\n'"));

    private static Xattr? ParseAcl(string attribute, string hex) => hex.Length == 0 ? null : new Xattr(attribute, Convert.FromHexString(hex));

    /// <summary>What the kernel lets people of each kind do: the owner, others by entry, by group and by none.</summary>
    private static string[] Rights(string path)
    {
        (int User, string Groups)[] people = [(1000, "1000"), (1001, "9999"), (1001, "2000"), (1001, "2002"), (1002, "2000"), (1002, "2002"), (1002, "2000,2002"), (1002, "2003"), (1002, "9999")];
        return [.. people.Select(person => Tools.Shell(
            $"for r in r w x; do setpriv --reuid {person.User} --regid 9998 --groups {person.Groups} --inh-caps=-all sh -c \"test -$r '{path}' && printf $r || true\"; done"))];
    }
}
