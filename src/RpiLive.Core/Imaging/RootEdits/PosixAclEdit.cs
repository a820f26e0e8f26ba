using System.Text;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Edits;

/// <summary>Takes the POSIX ACLs off all nodes and has the live system put them on again.</summary>
/// <remarks>
/// The mode that a node keeps gives nobody more than its list did (see <see cref="PosixAcl.NarrowPermissions"/>), also when the
/// list is never put on again. The lists are kept as setfacl(1) restores them, with paths from the root. Restoring copies a file
/// with a list to the upper layer. Default lists have no such substitute: what is made in their directory has its usual mode.
/// </remarks>
internal sealed class PosixAclEdit : IRootEdit
{
    private const string AccessName = "system.posix_acl_access";
    private const string DefaultName = "system.posix_acl_default";
    private const string UnitName = "rpilive-acls.service";
    private const string ListPath = LiveFolderEdit.Path + "/acls";
    private const int OwnerOnly = 0b110_000_000;
    private const int SpecialBits = 0xE00;
    private const int GroupAndOther = 0b111_111;
    private const int MaxPathsNamed = 5;

    /// <summary>Many times what a real image needs, and little enough for memory.</summary>
    private const int MaxListLength = 64 << 20;

    /// <summary>/usr/bin where /usr is merged, else /bin.</summary>
    private static readonly string[] s_setfaclPaths = ["/usr/bin/setfacl", "/bin/setfacl"];

    public string Name => "posix-acls";

    public string Reason => "SquashFS cannot hold POSIX ACLs; without the list behind it, the mode of a file would give its group more than it had.";

    public void Apply(RootEditor root)
    {
        using MemoryStream list = new();
        List<string> paths = [], closed = [];
        foreach (TreeWalk.Entry entry in TreeWalk.Nodes(root.Root))
        {
            byte[]? access = ValueOf(entry.Node, AccessName), inherited = ValueOf(entry.Node, DefaultName);
            if (access is null && inherited is null)
                continue;
            string path = entry.Path();
            if (!Record(list, entry, access, inherited))
            {
                entry.Node.Permissions &= ~GroupAndOther;
                closed.Add(path);
            }
            entry.Node.Xattrs = [.. entry.Node.Xattrs.Where(xattr => xattr.Name is not (AccessName or DefaultName))];
            paths.Add(path);
            root.NoteChange(path);
        }
        if (paths.Count == 0)
            return;
        if (closed.Count > 0)
            root.Warn($"{closed.Count:N0} files and directories had POSIX ACLs that are damaged or cannot be put on again: {Named(closed)}. They are their owners' alone now.");
        root.PutFile(ListPath, list.ToArray(), OwnerOnly);
        if (s_setfaclPaths.FirstOrDefault(root.IsFile) is { } setfacl && Units.Has(root, "sysinit.target"))
            Units.Put(root, UnitName, "sysinit.target", Unit(setfacl));
        else
        {
            root.Warn($"{paths.Count:N0} files and directories had POSIX ACLs, which SquashFS cannot hold, and the image has no setfacl to put them on again at boot: {Named(paths)}. " +
                "Users and groups that had rights by these ACLs alone have none now. Install the package acl in the stock image.");
        }
    }

    /// <summary>Before systemd-tmpfiles, whose own rules on ACLs come last, and before journald moves to /var.</summary>
    private static string Unit(string setfacl) => $"""
        [Unit]
        Description=Put POSIX ACLs on the live root
        Documentation=man:setfacl(1)
        DefaultDependencies=no
        Conflicts=shutdown.target
        After=local-fs.target
        Before=sysinit.target systemd-tmpfiles-setup.service systemd-journal-flush.service shutdown.target
        ConditionPathExists={ListPath}

        [Service]
        Type=oneshot
        RemainAfterExit=yes
        WorkingDirectory=/
        ExecStart=-{setfacl} --restore={ListPath}

        """;

    private static string Named(List<string> paths) => string.Join(", ", paths.Take(MaxPathsNamed)) + (paths.Count > MaxPathsNamed ? ", …" : "");

    /// <summary>Writes down the lists of a node and narrows its mode; false when a list is damaged, or there is no room or path for it.</summary>
    private static bool Record(MemoryStream list, TreeWalk.Entry entry, byte[]? access, byte[]? inherited)
    {
        PosixAcl? accessAcl = PosixAcl.TryParse(access), inheritedAcl = PosixAcl.TryParse(inherited);
        if ((access is not null && accessAcl is null) || (inherited is { Length: > sizeof(uint) } && inheritedAcl is null)
            || entry.PathLength > TreeWalk.Entry.MaxPathLength || list.Length > MaxListLength)
            return false;
        StringBuilder text = new();
        if (accessAcl is not null)
            accessAcl.AppendTo(text, "");
        else
            PosixAcl.AppendMode(text, entry.Node.Permissions);
        inheritedAcl?.AppendTo(text, "default:");
        list.Write("# file: "u8);
        WriteEscaped(list, entry.RelativePath());
        list.Write(Encoding.ASCII.GetBytes($"\n{Flags(entry.Node.Permissions)}"));
        list.Write(Encoding.ASCII.GetBytes(text.Append('\n').ToString()));
        if (accessAcl is not null)
            entry.Node.Permissions = accessAcl.NarrowPermissions(entry.Node.Permissions);
        return true;
    }

    /// <summary>The line of set-user-id, set-group-id and sticky bit, which setfacl clears when they are not in its input.</summary>
    private static string Flags(int permissions) => (permissions & SpecialBits) == 0 ? "" :
        $"# flags: {((permissions & 0x800) != 0 ? 's' : '-')}{((permissions & 0x400) != 0 ? 's' : '-')}{((permissions & 0x200) != 0 ? 't' : '-')}\n";

    /// <summary>Blanks, control characters and backslashes as three octal digits: setfacl reads them, but drops a blank at the start.</summary>
    private static void WriteEscaped(MemoryStream list, ReadOnlySpan<byte> path)
    {
        foreach (byte letter in path)
        {
            if (letter is <= (byte)' ' or (byte)'\\')
                list.Write([(byte)'\\', (byte)('0' + (letter >> 6)), (byte)('0' + ((letter >> 3) & 7)), (byte)('0' + (letter & 7))]);
            else
                list.WriteByte(letter);
        }
    }

    private static byte[]? ValueOf(TreeNode node, string name)
    {
        foreach (Xattr xattr in node.Xattrs)
        {
            if (xattr.Name == name)
                return xattr.Value;
        }
        return null;
    }
}
