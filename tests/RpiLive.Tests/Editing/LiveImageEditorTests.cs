using RpiLive.Core.Errors;
using RpiLive.Core.Fat;
using RpiLive.Core.Fat.Editing;
using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.Editing;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Partitions;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Fat;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Editing;

public sealed class LiveImageEditorTests : IDisposable
{
    private const long MiB = 1 << 20;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_partition_store_holds_its_tree_behind_the_boot_volume()
    {
        Tools.Require("sfdisk", "e2fsck", "blkid", "debugfs");
        string path = LiveSample.Write(_folder);
        Edit(path, editor =>
        {
            Assert.Null(editor.Partition);
            Assert.Null(editor.ReadPartition());
            editor.SetPartition(10 * MiB - 1, Seed("one"), Token);
            Assert.Equal(new CardStore(10 * MiB), editor.Partition);
            Assert.Equal("one", Text(editor.ReadPartition()!, "rpilive/bind/home/note"));
        });
        LiveImage image = LiveImageFile.Open(path);
        Assert.Equal((new CardStore(10 * MiB), null), (image.Partition, image.Container));
        MbrPartition[] partitions = Partitions(path);
        Assert.Equal((2, (byte)0x83, 10 * MiB, 0L), (partitions[1].Number, partitions[1].Type, partitions[1].Length, partitions[1].FirstByte % MiB));
        Assert.True(partitions[1].FirstByte - partitions[0].End < MiB);
        Assert.Equal(partitions[1].End, new FileInfo(path).Length);
        Assert.Contains("type=83", Tools.Run("sfdisk", "-d", path), StringComparison.Ordinal);
        string part = Judges.Extract(path, 2);
        Assert.Contains("LABEL=\"RPILIVE\"", Tools.Run("blkid", "-o", "full", part), StringComparison.Ordinal);
        Assert.Contains("one", Tools.Run("debugfs", "-R", "cat /rpilive/bind/home/note", part), StringComparison.Ordinal);
        Judges.CheckExt4(part);
        Judges.CheckBootVolume(path);
    }

    [Fact]
    public void A_store_made_anew_is_the_same_as_one_made_at_once()
    {
        string once = LiveSample.Write(_folder, "once.img"), anew = LiveSample.Write(_folder, "anew.img");
        Edit(once, editor => editor.SetPartition(9 * MiB, Seed("two"), Token));
        Edit(anew, editor =>
        {
            editor.SetPartition(16 * MiB, Seed("one", 3_000_000), Token);
            editor.SetPartition(9 * MiB, Seed("two"), Token);
        });
        Assert.True(File.ReadAllBytes(once).AsSpan().SequenceEqual(File.ReadAllBytes(anew)));
    }

    [Fact]
    public void The_same_edits_give_the_same_bytes()
    {
        string[] paths = [LiveSample.Write(_folder, "a.img"), LiveSample.Write(_folder, "b.img")];
        foreach (string path in paths)
        {
            Edit(path, editor =>
            {
                editor.SetContainer(8 * MiB, Seed("one"), Token);
                editor.SetContainer(9 * MiB, null, Token);
                editor.WriteSettings(editor.Settings with { Quiet = true });
                editor.SetPartition(8 * MiB, Seed("two"), Token);
            });
        }
        Assert.True(File.ReadAllBytes(paths[0]).AsSpan().SequenceEqual(File.ReadAllBytes(paths[1])));
    }

    [Fact]
    public void What_a_store_holds_can_be_added_to()
    {
        string path = LiveSample.Write(_folder);
        Edit(path, editor =>
        {
            editor.SetPartition(9 * MiB, Seed("one", 1_000_000), Token);
            editor.SetContainer(9 * MiB - 5, Seed("two", 1_000_000), Token);
            editor.SetPartition(12 * MiB, editor.ReadPartition()!.With("more", "added"), Token);
            editor.SetContainer(10 * MiB, editor.ReadContainer()!.With("more", "also"), Token);
            Assert.Equal(("added", "one"), (Text(editor.ReadPartition()!, "more"), Text(editor.ReadPartition()!, "rpilive/bind/home/note")));
            Assert.Equal(("also", "two"), (Text(editor.ReadContainer()!, "more"), Text(editor.ReadContainer()!, "rpilive/bind/home/note")));
        });
        Judges.CheckExt4(Judges.Extract(path, 2));
        Judges.CheckExt4(Judges.ExtractContainer(path));
        Judges.CheckBootVolume(path);
    }

    [Fact]
    public void A_container_lies_in_one_piece_and_the_volume_grows_and_shrinks_with_it()
    {
        Tools.Require("fsck.vfat", "mcopy", "e2fsck");
        string path = LiveSample.Write(_folder, growth: 300 * MiB);
        long length = new FileInfo(path).Length;
        Edit(path, editor =>
        {
            editor.SetContainer(100 * MiB, Seed("one"), Token);
            Assert.Equal(new CardStore(100 * MiB), editor.Container);
            Assert.Equal("one", Text(editor.ReadContainer()!, "rpilive/bind/home/note"));
        });
        Judges.CheckBootVolume(path);
        Judges.CheckExt4(Judges.ExtractContainer(path));
        Assert.InRange(new FileInfo(path).Length - length, 100 * MiB, 102 * MiB);
        Assert.Single(RunsOf(path, LiveLayout.ContainerPath));

        // Where the old and the new one do not fit side by side in what there was, both still do while one is made.
        Edit(path, editor => editor.SetContainer(120 * MiB, Seed("two"), Token));
        Judges.CheckBootVolume(path);
        Assert.Single(RunsOf(path, LiveLayout.ContainerPath));
        Edit(path, editor => editor.RemoveContainer());
        Judges.CheckBootVolume(path);
        LiveImage image = LiveImageFile.Open(path);
        Assert.Null(image.Container);
        Assert.True(image.Length < length + 130 * MiB);
        using FileSource source = new(path);
        Assert.Null(FatPath.Find(LiveState.Boot(MasterBootRecord.Read(source), source), LiveLayout.ContainerFolder));
    }

    [Fact]
    public void Room_for_a_container_that_was_taken_away_is_given_back()
    {
        string path = LiveSample.Write(_folder, clusterSize: 4096, freeBytes: 64 * MiB, growth: 300 * MiB);
        Edit(path, editor => editor.SetContainer(200 * MiB, null, Token));
        long large = new FileInfo(path).Length;
        Edit(path, editor => editor.RemoveContainer());
        Assert.True(new FileInfo(path).Length < large);
        Judges.CheckBootVolume(path);
    }

    [Fact]
    public void A_container_without_room_is_refused_and_the_image_stays_as_it_is()
    {
        string path = LiveSample.Write(_folder);
        Edit(path, editor => editor.SetPartition(8 * MiB, null, Token));
        byte[] before = File.ReadAllBytes(path);
        using (LiveImageEditor editor = LiveImageEditor.Open(path))
        {
            ImageException error = Assert.Throws<ImageException>(() => editor.SetContainer(100 * MiB, null, Token));
            Assert.Equal(ErrorIds.NoRoom, error.ErrorId);
            Assert.Contains("partition behind it", error.Message, StringComparison.Ordinal);
            error = Assert.Throws<ImageException>(() => editor.SetContainer(4L << 30, null, Token));
            Assert.Equal(ErrorIds.TooLarge, error.ErrorId);
        }
        Assert.True(before.AsSpan().SequenceEqual(File.ReadAllBytes(path)));
    }

    [Fact]
    public void A_tree_too_large_for_its_store_and_a_cancelled_edit_leave_the_image_as_it_is()
    {
        string path = LiveSample.Write(_folder);
        string before = LiveState.Read(path);
        Edit(path, editor =>
        {
            Assert.Equal(ErrorIds.TooLarge, Assert.Throws<ImageException>(() => editor.SetPartition(8 * MiB, Seed("one", 20_000_000), Token)).ErrorId);
            Assert.Equal(ErrorIds.TooLarge, Assert.Throws<ImageException>(() => editor.SetContainer(8 * MiB, Seed("one", 20_000_000), Token)).ErrorId);
            CancellationToken cancelled = new(canceled: true);
            Assert.ThrowsAny<OperationCanceledException>(() => editor.SetPartition(8 * MiB, Seed("one"), cancelled));
            Assert.ThrowsAny<OperationCanceledException>(() => editor.SetContainer(8 * MiB, Seed("one"), cancelled));
            Assert.Equal((null, null), (editor.Partition, editor.Container));
        });
        Assert.Equal(before, LiveState.Read(path));
        Judges.CheckBootVolume(path);
        Edit(path, editor => editor.SetContainer(8 * MiB, Seed("one"), Token));
        Judges.CheckBootVolume(path);
    }

    [Fact]
    public void A_partition_of_somebody_else_is_left_alone()
    {
        string path = LiveSample.Write(_folder);
        using (EditedFile file = new(path))
        {
            long start = file.Content.Length + MiB;
            file.SetLength(start + 8 * MiB);
            MasterBootRecord.Change(file.Content, file, 2, new(2, 0x83, start, 8 * MiB));
            file.Write(start + 5000, "precious"u8);
        }
        byte[] before = File.ReadAllBytes(path);
        Assert.Null(LiveImageFile.Open(path).Partition);
        Edit(path, editor =>
        {
            Assert.Null(editor.Partition);
            Assert.Null(editor.ReadPartition());
            editor.RemovePartition();
            ImageException error = Assert.Throws<ImageException>(() => editor.SetPartition(8 * MiB, null, Token));
            Assert.Equal("UnsupportedLiveImage", error.ErrorId);
            Assert.Contains("partition 2", error.Message, StringComparison.Ordinal);
        });
        Assert.True(before.AsSpan().SequenceEqual(File.ReadAllBytes(path)));
    }

    [Fact]
    public void Bytes_behind_the_last_partition_do_not_get_into_a_store()
    {
        string path = LiveSample.Write(_folder), clean = LiveSample.Write(_folder, "clean.img");
        using (FileStream file = new(path, FileMode.Append))
            file.Write(Volumes.Noise(1, 12 << 20));
        foreach (string image in (string[])[path, clean])
            Edit(image, editor => editor.SetPartition(8 * MiB, null, Token));
        Assert.True(File.ReadAllBytes(path).AsSpan().SequenceEqual(File.ReadAllBytes(clean)));
    }

    [Fact]
    public void Settings_still_fit_on_a_full_volume_that_can_grow()
    {
        string path = LiveSample.Write(_folder);
        Edit(path, editor => editor.WriteSettings(editor.Settings with { Others = [KeyValuePair.Create("big", new string('x', 60_000))] }));
        using (EditedFile file = new(path))
        {
            MbrPartition boot = MasterBootRecord.Read(file.Content).Partitions[0];
            Fat32Editor fat = Fat32Editor.Open(file, boot.FirstByte, boot.Length, path, Token);
            fat.WriteFile("filler", new byte[fat.FreeBytes], LiveSample.Time);
        }
        Edit(path, editor => editor.WriteSettings(editor.Settings with { Quiet = true }));
        Assert.Contains("quiet=yes", Judges.ReadSettings(path), StringComparison.Ordinal);
        Judges.CheckBootVolume(path);
    }

    [Fact]
    public void An_image_that_is_open_elsewhere_cannot_be_edited_nor_one_that_is_edited_be_read()
    {
        string path = LiveSample.Write(_folder);
        using (FileSource other = new(path))
            Assert.Equal(ErrorIds.ImageInUse, Assert.Throws<ImageException>(() => LiveImageEditor.Open(path)).ErrorId);
        using LiveImageEditor editor = LiveImageEditor.Open(path);
        Assert.Equal(ErrorIds.ImageInUse, Assert.Throws<ImageException>(() => LiveImageEditor.Open(path)).ErrorId);
        Assert.Equal(ErrorIds.ImageUnreadable, Assert.Throws<ImageException>(() => LiveImageFile.Open(path)).ErrorId);
    }

    [Fact]
    public void An_image_that_may_not_be_written_says_so()
    {
        string path = LiveSample.Write(_folder);
        bool isRoot = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess;
        if (isRoot)
            Assert.SkipUnless(Tools.TryRun("chattr", "+i", path).ExitCode == 0, "Root may write everything here.");
        else
            File.SetAttributes(path, FileAttributes.ReadOnly);
        try
        {
            ImageException error = Assert.Throws<ImageException>(() => LiveImageEditor.Open(path));
            Assert.Equal(ErrorIds.DestinationUnwritable, error.ErrorId);
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
        }
        finally
        {
            if (isRoot)
                Tools.TryRun("chattr", "-i", path);
            else
                File.SetAttributes(path, FileAttributes.Normal);
        }
    }

    [Fact]
    public void What_is_no_live_image_is_refused_before_anything_is_written()
    {
        string path = LiveSample.Write(_folder);
        Tools.Require("mdel");
        Tools.Run("mdel", "-i", path + "@@8M", "::live/root.squashfs");
        byte[] before = File.ReadAllBytes(path);
        Assert.Equal(ErrorIds.NotLive, Assert.Throws<ImageException>(() => LiveImageEditor.Open(path)).ErrorId);
        Assert.True(before.AsSpan().SequenceEqual(File.ReadAllBytes(path)));
        Assert.Equal(ErrorIds.ImageUnreadable, Assert.Throws<ImageException>(() => LiveImageEditor.Open(_folder["none.img"])).ErrorId);
    }

    [Fact]
    public void The_root_stays_readable_through_edits()
    {
        string path = LiveSample.Write(_folder);
        Edit(path, editor =>
        {
            editor.SetContainer(20 * MiB, null, Token);
            editor.RemoveContainer();
            byte[] root = new byte[LiveSample.RootLength];
            editor.RootFileSystem.ReadExactly(0, root);
            Assert.Equal(Volumes.Noise(7, LiveSample.RootLength), root);
            Assert.Equal(new FileInfo(path).Length, editor.Image.Length);
        });
    }

    [Fact]
    public void Settings_that_init_could_not_read_are_refused()
    {
        string path = LiveSample.Write(_folder);
        Edit(path, editor => Assert.Equal(ErrorIds.TooLarge, Assert.Throws<ImageException>(() => editor.WriteSettings(
            editor.Settings with { Others = [KeyValuePair.Create("big", new string('x', LiveSettings.MaxLength))] })).ErrorId));
    }

    public void Dispose() => _folder.Dispose();

    private static void Edit(string path, Action<LiveImageEditor> edit)
    {
        using LiveImageEditor editor = LiveImageEditor.Open(path);
        edit(editor);
    }

    private static DirectoryNode Seed(string note, int more = 10_000) => new DirectoryNode { Permissions = 0x1ED, ModifiedTime = LiveSample.Time }
        .With("rpilive/format", "1")
        .With("rpilive/bind/home/note", note)
        .With("rpilive/bind/home/more", Volumes.Noise(more, more));

    private static string Text(DirectoryNode tree, string path) => System.Text.Encoding.UTF8.GetString(TreePath.FindFile(tree, path)!.Content.ReadAll());

    private static MbrPartition[] Partitions(string path)
    {
        using FileSource source = new(path);
        return [.. MasterBootRecord.Read(source).Partitions];
    }

    private static FatRun[] RunsOf(string path, string file)
    {
        using EditedFile medium = new(path);
        MbrPartition boot = MasterBootRecord.Read(medium.Content).Partitions[0];
        Fat32Editor editor = Fat32Editor.Open(medium, boot.FirstByte, boot.Length, path, Token);
        return ((FatFileContent)editor.OpenFile(file)!).Runs;
    }
}
