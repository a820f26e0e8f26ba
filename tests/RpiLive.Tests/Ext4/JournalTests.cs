using RpiLive.Core.Ext4;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Ext4;

public sealed class JournalTests
{
    /// <summary>Options of mke2fs, then of mount: journals with every kind of checksum and tag.</summary>
    public static TheoryData<string, string> Journals => new()
    {
        { "-t ext4", "" },
        { "-t ext4 -O ^64bit,^huge_file", "" },
        { "-t ext4 -b 1024 -J size=1", "" },
        { "-t ext4 -O ^metadata_csum", "" },
        { "-t ext4 -O ^metadata_csum,^64bit", "journal_checksum" },
        { "-t ext4 -O ^metadata_csum", "journal_async_commit,data=writeback" },
        { "-t ext4", "journal_async_commit,data=writeback" },
        { "-t ext4", "data=journal" },
        { "-t ext4 -b 1024 -O ^metadata_csum -J size=1", "data=journal" },
        { "-t ext4 -O orphan_file,metadata_csum_seed", "" },
        { "-t ext4 -O inline_data,ea_inode", "" },
        { "-t ext4 -O bigalloc", "" },
        { "-t ext3 -I 256", "" },
        { "-t ext3 -I 256 -b 1024 -J size=1", "data=journal" },
    };

    [Theory]
    [MemberData(nameof(Journals))]
    public void A_dirty_image_reads_as_the_kernel_shows_it_after_replay(string format, string mountOptions)
    {
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        Samples.Make(folder["image"], "64M", format);
        using (LoopMount mount = new(folder["image"], "ext4", "rw,commit=300," + mountOptions))
        {
            Samples.Fill(mount.Path, Samples.Everything, Samples.Attributes, Samples.Churn);
            Tools.Run("cp", folder["image"], folder["dirty"]);
        }
        AssertReplayed(folder["dirty"], folder["judge"]);
    }

    [Fact]
    public void Files_that_are_open_but_deleted_are_not_there()
    {
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        Samples.Make(folder["image"], "16M", "-t ext4");
        using (LoopMount mount = new(folder["image"], "ext4", "rw,commit=300"))
        {
            Tools.Run("sh", "-euc", """
                cd "$1"; echo gone > open; echo stays > other; exec 3< open; sync; rm open; truncate -s 2 other; sync; cp "$2" "$3"
                """, "sh", mount.Path, folder["image"], folder["dirty"]);
        }
        AssertReplayed(folder["dirty"], folder["judge"]);
    }

    /// <summary>
    /// Commands of debugfs that write a log, with each kind of journal checksum, and whether something is left to replay.
    /// </summary>
    public static TheoryData<string, string, bool> Logs
    {
        get
        {
            TheoryData<string, string, bool> logs = [];
            foreach (string open in (ReadOnlySpan<string>)["jo", "jo -c", "jo -c -v 2", "jo -c -v 3"])
            {
                logs.Add(open, "jw -b {A} {one}; jc", true);
                logs.Add(open, "jw -b {A} {one}; jw -r {A}; jc", false);
                logs.Add(open, "jw -r {A}; jw -b {A} {one}; jc", true);
                logs.Add(open, "jw -b {A} {one}; jw -r {A}; jw -b {A} {two}; jc", true);
                logs.Add(open, "jw -b {A},{B} {one}; jw -b {B} {two}; jc", true);
                logs.Add(open, "jw -b {A},{B} {magic}; jc", true);
                logs.Add(open, "jw -b {A} {one}; jw -b {A} {two} -c; jc", true);
                logs.Add(open, "jw -b {A} {one} -c; jc", false);
            }
            return logs;
        }
    }

    [Theory]
    [MemberData(nameof(Logs))]
    public void A_log_from_debugfs_reads_as_the_kernel_replays_it(string open, string commands, bool isReplayed)
    {
        Tools.RequireRoot();
        Tools.Require("debugfs");
        using TemporaryFolder folder = new();
        using SourceTree tree = new();
        File.WriteAllBytes(Path.Join(tree.Path, "data"), Enumerable.Range(0, 40960).Select(i => (byte)(i / 4096)).ToArray());
        Samples.Make(folder["image"], "16M", open == "jo" ? "-t ext4 -O ^metadata_csum,^64bit" : "-t ext4", tree.Path);
        string first = Tools.Run("debugfs", "-R", "bmap data 2", folder["image"]).Split('\n', StringSplitOptions.RemoveEmptyEntries)[0].Trim();
        string second = Tools.Run("debugfs", "-R", "bmap data 5", folder["image"]).Split('\n', StringSplitOptions.RemoveEmptyEntries)[0].Trim();
        File.WriteAllBytes(folder["one"], [.. Enumerable.Repeat((byte)0x11, 4096), .. Enumerable.Repeat((byte)0x12, 4096)]);
        File.WriteAllBytes(folder["two"], [.. Enumerable.Repeat((byte)0x21, 8192)]);
        File.WriteAllBytes(folder["magic"], [0xC0, 0x3B, 0x39, 0x98, .. Enumerable.Repeat((byte)0x31, 4092), 0xC0, 0x3B, 0x39, 0x98, .. Enumerable.Repeat((byte)0x32, 4092)]);
        string script = $"{open}; {commands}".Replace("{A}", first, StringComparison.Ordinal).Replace("{B}", second, StringComparison.Ordinal);
        foreach (string name in (ReadOnlySpan<string>)["one", "two", "magic"])
            script = script.Replace("{" + name + "}", folder[name], StringComparison.Ordinal);
        File.WriteAllLines(folder["commands"], script.Split("; "));
        string output = Tools.Run("debugfs", "-w", "-f", folder["commands"], folder["image"]);
        Assert.DoesNotContain(" while ", output, StringComparison.Ordinal);
        AssertReplayed(folder["image"], folder["judge"], isReplayed);
    }

    [Fact]
    public void A_clean_image_is_not_replayed()
    {
        using TemporaryFolder folder = new();
        Samples.Make(folder["image"], "16M", "-t ext4");
        using FileSource source = new(folder["image"]);
        Assert.False(Ext4Volume.Open(source, TestContext.Current.CancellationToken).JournalReplayed);
    }

    /// <summary>Compares with a copy that the kernel has replayed.</summary>
    private static void AssertReplayed(string dirty, string judge, bool isReplayed = true)
    {
        Tools.Run("cp", dirty, judge);
        using FileSource source = new(dirty);
        (Ext4Volume volume, DirectoryNode root) = Samples.Read(source);
        Assert.Equal(isReplayed, volume.JournalReplayed);
        using LoopMount mount = new(judge, "ext4", "rw");
        MountedTree.AssertSame(root, mount.Path);
    }
}
