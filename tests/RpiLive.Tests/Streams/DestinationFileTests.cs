using RpiLive.Core.Errors;
using RpiLive.Core.Streams;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Streams;

public sealed class DestinationFileTests
{
    [Fact]
    public void The_file_appears_on_commit_with_its_content_and_not_before()
    {
        using TemporaryFolder folder = new();
        using DestinationFile file = new(folder["live.img"], overwrite: false);
        file.Target.Write(5, "later"u8);
        file.Target.Write(0, "early"u8);
        file.Target.SetLength(1 << 20);
        Assert.False(File.Exists(folder["live.img"]));
        file.Commit();
        byte[] bytes = File.ReadAllBytes(folder["live.img"]);
        Assert.Equal(1 << 20, bytes.Length);
        Assert.Equal("earlylater"u8, bytes.AsSpan(0, 10));
        Assert.Equal(-1, bytes.AsSpan(10).IndexOfAnyExcept((byte)0));
        Assert.False(File.Exists(folder["live.img.partial"]));
    }

    [Fact]
    public void Disposing_without_commit_leaves_nothing()
    {
        using TemporaryFolder folder = new();
        using (DestinationFile file = new(folder["live.img"], overwrite: false))
            file.Target.Write(0, "x"u8);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void What_was_written_can_be_read_back_meanwhile()
    {
        using TemporaryFolder folder = new();
        using DestinationFile file = new(folder["live.img"], overwrite: false);
        file.Target.Write(1000, "hello"u8);
        using RandomAccessSource source = file.ReadBack();
        byte[] bytes = new byte[5];
        source.ReadExactly(1000, bytes);
        Assert.Equal("hello"u8, bytes);
        Assert.Equal(1005, source.Length);
        source.Dispose();
        file.Target.Write(0, "the handle is still open"u8);
        file.Commit();
    }

    [Fact]
    public void An_existing_destination_is_refused_and_left_alone_unless_overwriting_is_asked_for()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["live.img"], "old");
        ImageException error = Assert.Throws<ImageException>(() => new DestinationFile(folder["live.img"], overwrite: false));
        Assert.Equal(ErrorIds.DestinationExists, error.ErrorId);
        Assert.Equal(["live.img"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName));
        using (DestinationFile file = new(folder["live.img"], overwrite: true))
        {
            file.Target.Write(0, "new"u8);
            Assert.Equal("old", File.ReadAllText(folder["live.img"]));
            file.Commit();
        }
        Assert.Equal("new", File.ReadAllText(folder["live.img"]));
    }

    [Fact]
    public void A_destination_that_comes_up_meanwhile_is_not_overwritten()
    {
        using TemporaryFolder folder = new();
        using (DestinationFile file = new(folder["live.img"], overwrite: false))
        {
            File.WriteAllText(folder["live.img"], "theirs");
            Assert.Equal(ErrorIds.DestinationExists, Assert.Throws<ImageException>(file.Commit).ErrorId);
        }
        Assert.Equal("theirs", File.ReadAllText(folder["live.img"]));
        Assert.False(File.Exists(folder["live.img.partial"]));
    }

    [Fact]
    public void The_partial_file_of_a_dead_run_is_replaced()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["live.img.partial"], "left behind by a crash, longer than the new one");
        using (DestinationFile file = new(folder["live.img"], overwrite: false))
        {
            file.Target.Write(0, "new"u8);
            file.Commit();
        }
        Assert.Equal("new", File.ReadAllText(folder["live.img"]));
    }

    [Fact]
    public void A_symbolic_link_in_place_of_the_partial_file_is_not_followed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making symbolic links needs a privilege on Windows.");
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["precious"], "precious");
        File.CreateSymbolicLink(folder["live.img.partial"], folder["precious"]);
        using (DestinationFile file = new(folder["live.img"], overwrite: false))
        {
            file.Target.Write(0, "new"u8);
            file.Commit();
        }
        Assert.Equal("precious", File.ReadAllText(folder["precious"]));
        Assert.Null(new FileInfo(folder["live.img"]).LinkTarget);
    }

    [Fact]
    public void Two_runs_on_one_destination_do_not_meet()
    {
        using TemporaryFolder folder = new();
        using DestinationFile first = new(folder["live.img"], overwrite: false);
        first.Target.Write(0, "first"u8);
        ImageException error = Assert.Throws<ImageException>(() => new DestinationFile(folder["live.img"], overwrite: true));
        Assert.Equal(ErrorIds.DestinationUnwritable, error.ErrorId);
        Assert.Contains("another process", error.Message);
        first.Commit();
        Assert.Equal("first", File.ReadAllText(folder["live.img"]));
    }

    [Fact]
    public void A_partial_file_that_another_process_holds_is_an_error()
    {
        Tools.Require("flock", "sleep");
        using TemporaryFolder folder = new();
        using var holder = System.Diagnostics.Process.Start("flock", [folder["live.img.partial"], "-c", "touch " + folder["ready"] + "; sleep 60"]);
        try
        {
            Assert.True(SpinWait.SpinUntil(() => File.Exists(folder["ready"]), TimeSpan.FromSeconds(30)));
            Assert.Contains("another process", Assert.Throws<ImageException>(() => new DestinationFile(folder["live.img"], overwrite: false)).Message);
        }
        finally
        {
            holder.Kill(entireProcessTree: true);
            holder.WaitForExit();
        }
    }

    [Fact]
    public void Folders_devices_and_missing_folders_are_refused()
    {
        using TemporaryFolder folder = new();
        foreach (string path in (string[])[folder.Path, folder["missing/live.img"]])
            Assert.Equal(ErrorIds.DestinationUnwritable, Assert.Throws<ImageException>(() => new DestinationFile(path, overwrite: true)).ErrorId);
        string device = OperatingSystem.IsWindows() ? @"\\.\PhysicalDrive9" : "/dev/sdz";
        Assert.Contains("device", Assert.Throws<ImageException>(() => new DestinationFile(device, overwrite: true)).Message);
        Assert.False(File.Exists(folder.Path + ".partial"));
    }

    [Fact]
    public void More_than_the_disk_has_free_is_refused_before_the_work()
    {
        using TemporaryFolder folder = new();
        using DestinationFile file = new(folder["live.img"], overwrite: false);
        file.RequireFreeSpace(1);
        ImageException error = Assert.Throws<ImageException>(() => file.RequireFreeSpace(1L << 60));
        Assert.Equal(ErrorIds.DestinationFull, error.ErrorId);
        Assert.Contains("1,152,921,504,606,846,976", error.Message);
    }

    [Theory]
    [InlineData("tmpfs")]
    [InlineData("ext4")]
    public void A_disk_that_runs_full_is_an_error_and_is_freed_again(string fileSystem)
    {
        Tools.RequireRoot();
        Tools.Require("mount", "umount", "mke2fs");
        using TemporaryFolder folder = new();
        string mount = folder["mount"];
        Directory.CreateDirectory(mount);
        Tools.Shell(fileSystem == "tmpfs"
            ? $"mount -t tmpfs -o size=2m none {mount}"
            : $"truncate -s 4M {folder["disk"]}; mke2fs -q -t ext4 -b 1024 {folder["disk"]}; mount -o loop {folder["disk"]} {mount}");
        try
        {
            using (DestinationFile file = new(Path.Join(mount, "live.img"), overwrite: false))
            {
                Assert.Equal(ErrorIds.DestinationFull, Assert.Throws<ImageException>(() => file.RequireFreeSpace(8 << 20)).ErrorId);
                file.RequireFreeSpace(1 << 20);
                file.Target.SetLength(64 << 20);
                byte[] chunk = new byte[1 << 20];
                ImageException error = Assert.Throws<ImageException>(() =>
                {
                    for (int i = 0; i < 16; i++)
                        file.Target.Write(i * chunk.Length, chunk);
                    file.Target.Flush();
                });
                Assert.Equal(ErrorIds.DestinationFull, error.ErrorId);
            }
            Assert.False(File.Exists(Path.Join(mount, "live.img.partial")));
        }
        finally
        {
            Tools.Run("umount", mount);
        }
    }

    [Fact]
    public void A_file_larger_than_its_file_system_can_hold_is_an_error_that_says_so()
    {
        Tools.RequireRoot();
        Tools.Require("mount", "umount", "mke2fs");
        using TemporaryFolder folder = new();
        string mount = folder["mount"];
        Directory.CreateDirectory(mount);
        Tools.Shell($"truncate -s 4M {folder["disk"]}; mke2fs -q -t ext2 -b 1024 {folder["disk"]}; mount -o loop {folder["disk"]} {mount}");
        try
        {
            using DestinationFile file = new(Path.Join(mount, "live.img"), overwrite: false);
            ImageException error = Assert.Throws<ImageException>(() => file.Target.SetLength(1L << 40));
            Assert.Equal(ErrorIds.DestinationUnwritable, error.ErrorId);
            Assert.Contains("a file this large", error.Message);
        }
        finally
        {
            Tools.Run("umount", mount);
        }
    }

    [Fact]
    public void What_is_never_written_takes_no_space()
    {
        Tools.Require("du");
        using TemporaryFolder folder = new();
        using DestinationFile file = new(folder["live.img"], overwrite: false);
        file.Target.Write(0, "x"u8);
        file.Target.SetLength(1L << 32);
        file.Commit();
        Assert.InRange(int.Parse(Tools.Run("du", "-k", folder["live.img"]).Split('\t')[0]), 1, 64);
    }
}
