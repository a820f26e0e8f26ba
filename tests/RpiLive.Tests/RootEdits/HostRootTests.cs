using System.Text;
using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.Facts;
using RpiLive.Core.Tree;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.RootEdits;

/// <summary>The parts that matter of the Debian system that the tests run on, as a root that nobody made up.</summary>
public sealed class HostRootTests
{
    private static readonly string[] s_parts =
        ["/etc", "/usr/lib/systemd", "/lib/systemd", "/usr/lib/os-release", "/var/lib/dpkg", "/var/lib/systemd", "/var/lib/dbus", "/sbin/init", "/usr/sbin/init"];

    [Fact]
    public void A_real_Debian_root_reads_as_dpkg_says_and_takes_all_edits()
    {
        Tools.Require("dpkg", "systemctl");
        Assert.SkipUnless(File.Exists("/etc/debian_version") && File.Exists("/sbin/init"), "This is no Debian system that boots.");
        TestTree tree = new();
        foreach (string link in (string[])["/bin", "/sbin", "/lib"])
        {
            if (new DirectoryInfo(link).LinkTarget is { } target)
                tree.Folder("/" + target.TrimStart('/')).Link(link, target);
        }
        foreach (string part in s_parts.Where(part => !part.StartsWith("/lib/", StringComparison.Ordinal) || new DirectoryInfo("/lib").LinkTarget is null))
            Copy(tree, part);

        OperatingSystemFacts facts = OperatingSystemFacts.Read(tree.Root);
        Assert.Equal(Tools.Run("dpkg", "--print-architecture").Trim(), facts.Architecture);
        Assert.Equal(Tools.Shell(". /etc/os-release; printf '%s|%s|%s' \"$ID\" \"$PRETTY_NAME\" \"${VERSION_ID:-}\""), $"{facts.Id}|{facts.PrettyName}|{facts.VersionId}");
        Assert.False(facts.IsRaspberryPiOs);

        SortedDictionary<string, string> before = tree.Listing();
        RootEditResult result = Core.Imaging.RootEdits.ApplyAll(tree.Root, Edit.Options);
        SortedDictionary<string, string> after = tree.Listing();
        Assert.Equal(Edit.Differences(before, after), result.Edits.SelectMany(edit => edit.Paths).Distinct().Order(StringComparer.Ordinal));
        Assert.Empty(Core.Imaging.RootEdits.ApplyAll(tree.Root, Edit.Options).Edits);
    }

    private static void Copy(TestTree tree, string path)
    {
        FileInfo info = new(path);
        if (info.LinkTarget is { } target)
            tree.Link(path, target);
        else if (Directory.Exists(path))
        {
            tree.Folder(path);
            foreach (string entry in Directory.EnumerateFileSystemEntries(path))
                Copy(tree, entry);
        }
        else if (info is { Exists: true, Length: < 16 << 20 } && info.UnixFileMode.HasFlag(UnixFileMode.OtherRead))
            tree.File(path, Encoding.Latin1.GetString(File.ReadAllBytes(path)), (int)info.UnixFileMode);
    }
}
