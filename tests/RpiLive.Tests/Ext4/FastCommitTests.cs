using RpiLive.Core.Ext4;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Ext4;

public sealed class FastCommitTests
{
    private const string Before = """
        cd "$1"; mkdir a b; for i in 1 2 3 4 5 6 7 8 9; do head -c 20000 /dev/urandom > a/f$i; done; ln a/f9 b/link; sync
        """;

    /// <summary>What is done to the files, fsync'ed file by file so that fast commits record it.</summary>
    public static TheoryData<string> Changes =>
    [
        "p = open('a/new', 'wb'); p.write(os.urandom(50000)); fsync('a/new')",
        "p = open('a/f1', 'ab'); p.write(os.urandom(30000)); p.flush(); fsync('a/f1'); p.write(b'more'); p.flush(); fsync('a/f1')",
        "os.unlink('a/f2'); open('a/f1', 'ab').write(b'x'); fsync('a/f1')",
        "os.rename('a/f3', 'b/moved'); fsync('b/moved')",
        "os.rename('a/f3', 'a/f4'); fsync('a/f4')",
        "os.link('a/f5', 'b/hard'); fsync('a/f5')",
        "os.unlink('b/link'); fsync('a/f9')",
        "os.mkdir('a/dir'); open('a/dir/x', 'w').write('inside'); fsync('a/dir/x')",
        "os.truncate('a/f6', 5000); fsync('a/f6')",
        "os.truncate('a/f6', 5000); fsync('a/f6'); p = open('a/f6', 'ab'); p.write(os.urandom(9000)); fsync('a/f6')",
        "f = os.open('a/f7', os.O_RDWR); os.posix_fallocate(f, 20000, 100000); os.fsync(f); os.pwrite(f, b'mid', 60000); os.fsync(f)",
        "os.chmod('a/f8', 0o4711); os.chown('a/f8', 100000, 5); os.utime('a/f8', ns=(1, 1234567890123456789)); fsync('a/f8')",
        "os.symlink('target', 'b/soft'); os.mknod('b/null', 0o20600, os.makedev(1, 3)); os.mkfifo('b/pipe'); open('a/f1', 'ab').write(b'x'); fsync('a/f1')",
        "os.mkdir('a/d1'); os.mkdir('a/d1/d2'); open('a/d1/d2/x', 'w').write('inside'); fsync('a/d1/d2/x'); os.unlink('a/d1/d2/x'); os.rmdir('a/d1/d2'); fsync('a/f1')",
        "for i in range(60):\n  open('b/many%d' % i, 'w').write(str(i) * i)\n  fsync('b/many%d' % i)",
        "for i in range(9, 0, -1):\n  os.unlink('a/f%d' % i)\n  open('b/n%d' % i, 'wb').write(os.urandom(i * 3000))\n  fsync('b/n%d' % i)",
    ];

    [Theory]
    [MemberData(nameof(Changes))]
    public void Fast_commits_read_as_the_kernel_replays_them(string changes)
    {
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        Samples.Make(folder["image"], "64M", "-t ext4 -O fast_commit -J size=16");
        using (LoopMount mount = new(folder["image"], "ext4", "rw,commit=300"))
        {
            Samples.Fill(mount.Path, Before);
            string script = "import os\ndef fsync(n):\n  f = os.open(n, os.O_RDONLY); os.fsync(f); os.close(f)\n" + changes;
            Tools.Run("sh", "-euc", "cd \"$1\"; python3 -c \"$2\"; cp \"$3\" \"$4\"", "sh", mount.Path, script, folder["image"], folder["dirty"]);
        }
        Tools.Run("cp", folder["dirty"], folder["judge"]);
        using FileSource source = new(folder["dirty"]);
        (Ext4Volume volume, DirectoryNode root) = Samples.Read(source);
        Assert.True(volume.JournalReplayed);
        using LoopMount judge = new(folder["judge"], "ext4", "rw");
        MountedTree.AssertSame(WithoutDirectoryTimes(MountedTree.Describe(judge.Path)), WithoutDirectoryTimes(MountedTree.Describe(root)));
    }

    /// <summary>The kernel's replay gives directories in which it works the time of the replay.</summary>
    private static string[] WithoutDirectoryTimes(IReadOnlyList<string> lines) => [.. lines.Select(line =>
    {
        string[] fields = line.Split('\t');
        if (fields[1] == "directory")
            fields[4] = "";
        return string.Join('\t', fields);
    })];
}
