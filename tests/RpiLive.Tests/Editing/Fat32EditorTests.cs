using RpiLive.Core.Errors;
using RpiLive.Core.Fat;
using RpiLive.Core.Fat.Editing;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;
using RpiLive.Tests.Fat;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Editing;

public sealed class Fat32EditorTests : IDisposable
{
    private static readonly Timestamp s_later = new(1_750_000_000);

    private readonly TemporaryFolder _folder = new();

    private string Image => _folder["image"];

    [Theory]
    [InlineData(512, 1)]
    [InlineData(512, 2)]
    [InlineData(4096, 3)]
    public void Many_random_edits_leave_a_clean_volume_with_what_was_put_there(int clusterSize, int seed)
    {
        Tools.Require("fsck.vfat", "mcopy");
        DirectoryNode tree = Volumes.SampleTree(overlays: 40);
        Volumes.Build(Image, builder => builder.AddTree(tree), Volumes.Options(clusterSize: clusterSize), freeBytes: 1 << 20);
        SortedDictionary<string, byte[]> files = new(StringComparer.OrdinalIgnoreCase);
        Random random = new(seed);
        for (int round = 0; round < 10; round++)
        {
            using (EditedFile file = new(Image))
            {
                Fat32Editor editor = Open(file);
                Assert.False(editor.Repair(TestContext.Current.CancellationToken));
                for (int i = 0; i < 30; i++)
                    Change(editor, files, random);
                Check(editor, files);
            }
            Volumes.Check(Image);
        }
        Directory.CreateDirectory(_folder["out"]);
        Tools.Shell($"TZ=UTC mcopy -s -m -i '{Image}' '::*' '{_folder["out"]}'");
        SortedDictionary<string, string> list = Volumes.List(tree);
        foreach ((string path, byte[] bytes) in files)
            Assert.Equal(bytes, File.ReadAllBytes(_folder["out/" + path]));
        SortedDictionary<string, string> found = Volumes.List(_folder["out"]);
        Assert.All(list, entry => Assert.Equal(entry.Value, found[entry.Key]));
    }

    [Fact]
    public void A_directory_can_be_filled_to_the_limit_and_emptied()
    {
        Volumes.Build(Image, builder => builder.AddTree(Volumes.Directory()), Volumes.Options(clusterSize: 512), freeBytes: 4 << 20);
        using EditedFile file = new(Image);
        Fat32Editor editor = Open(file);
        long free = editor.FreeBytes;
        string name = new('n', 246);
        for (int i = 0; i < 200; i++)
            editor.WriteFile($"folder/{name}{i}.txt", new byte[] { (byte)i }, Volumes.Time);
        Assert.Equal(200, ((DirectoryNode)Reread(file).Children["folder"]).Children.Count);
        editor.Delete("folder");
        Assert.Equal(free, editor.FreeBytes);
        Assert.Empty(Reread(file).Children);
        Volumes.CheckOpen(Image);
    }

    [Fact]
    public void A_full_volume_says_so_and_stays_as_it_is()
    {
        Volumes.Build(Image, builder => builder.AddTree(Volumes.SampleTree(3)), Volumes.Options(clusterSize: 512), freeBytes: 0);
        using EditedFile file = new(Image);
        Fat32Editor editor = Open(file);
        SortedDictionary<string, string> before = Volumes.List(editor.Tree);
        ImageException error = Assert.Throws<ImageException>(() => editor.WriteFile("large", new byte[editor.FreeBytes + 1], Volumes.Time));
        Assert.Equal(ErrorIds.NoRoom, error.ErrorId);
        Assert.Contains(Image, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Volumes.List(Reread(file)));

        editor.WriteFile("large", new byte[editor.FreeBytes], Volumes.Time);
        Assert.Equal(0, editor.FreeBytes);
        error = Assert.Throws<ImageException>(() => editor.WriteFile("config.txt", "new"u8.ToArray(), Volumes.Time));
        Assert.Equal(ErrorIds.NoRoom, error.ErrorId);
        editor.Delete("large");
        editor.WriteFile("config.txt", "new"u8.ToArray(), Volumes.Time);
        Volumes.CheckOpen(Image);
    }

    [Fact]
    public void The_last_cluster_stays_unused()
    {
        Volumes.Build(Image, builder => builder.AddTree(Volumes.Directory()), Volumes.Options(clusterSize: 512), freeBytes: 0);
        using EditedFile file = new(Image);
        Fat32Editor editor = Open(file);
        editor.WriteFile("all", new byte[editor.FreeBytes], Volumes.Time);
        FatBootSector boot = FatBootSector.Read(file.Content);
        byte[] entry = new byte[8];
        file.Content.ReadExactly(boot.TableOffset + boot.ClusterCount * 4L, entry);
        Assert.NotEqual(0u, BitConverter.ToUInt32(entry));
        Assert.Equal(0u, BitConverter.ToUInt32(entry, 4));
    }

    [Theory]
    [InlineData("config.txt/below")]
    [InlineData("overlays")]
    [InlineData("what?")]
    [InlineData("LONGFI~2.TXT")]
    [InlineData("longfi~2.txt")]
    public void What_cannot_be_a_file_is_refused(string path)
    {
        Volumes.Build(Image, builder => builder.AddTree(Volumes.SampleTree(3)), Volumes.Options(clusterSize: 512), freeBytes: 1 << 20);
        using EditedFile file = new(Image);
        Fat32Editor editor = Open(file);
        ImageException error = Assert.Throws<ImageException>(() => editor.WriteFile(path, new byte[1], Volumes.Time));
        Assert.Equal(ErrorIds.DestinationUnwritable, error.ErrorId);
        Assert.NotEmpty(error.RecommendedAction);
    }

    [Fact]
    public void A_volume_grows_as_far_as_its_tables_reach_and_shrinks_to_what_is_in_use()
    {
        Tools.Require("fsck.vfat");
        Volumes.Build(Image, builder => builder.AddTree(Volumes.SampleTree(3)), Volumes.Options(clusterSize: 512) with { GrowthBytes = 48 << 20 }, freeBytes: 1 << 20);
        using (EditedFile file = new(Image))
        {
            Fat32Editor editor = Open(file);
            long length = editor.Length, most = editor.MaxLength;
            Assert.InRange(most - length, 40 << 20, 120 << 20);
            file.SetLength(most);
            editor.Resize(most);
            Assert.Equal(most, editor.Length);
            editor.WriteFile("large", new byte[50 << 20], Volumes.Time);
            Volumes.CheckOpen(Image);
            Assert.True(editor.MinLength > length);
            editor.Delete("large");
            editor.Resize(0);
            Assert.Equal(editor.MinLength, editor.Length);
            file.SetLength(editor.Length);
        }
        Volumes.Check(Image);
    }

    [Fact]
    public void What_cut_edits_leave_is_repaired()
    {
        Tools.Require("fsck.vfat");
        Volumes.Build(Image, builder => builder.AddTree(Volumes.SampleTree(3)), Volumes.Options(clusterSize: 512), freeBytes: 1 << 20);
        SortedDictionary<string, string> before;
        using (EditedFile file = new(Image))
        {
            before = Volumes.List(Open(file).Tree);
            FatBootSector boot = FatBootSector.Read(file.Content);
            long free = boot.TableOffset + (boot.ClusterCount - 100) * 4L;
            file.Write(free, BitConverter.GetBytes(boot.ClusterCount - 99));
            file.Write(free + boot.TableLength + 4, [0xFF, 0xFF, 0xFF, 0x0F]);
            file.Write(boot.TableOffset + boot.TableLength + 40, [1, 2, 3, 0]);
            file.Write(boot.BackupOffset + 32, [1, 2, 3]);
            file.Write(boot.InfoOffset + 488, [0xFF, 0xFF, 0xFF, 0xFF]);
            Assert.True(Open(file).Repair(TestContext.Current.CancellationToken));
            Assert.False(Open(file).Repair(TestContext.Current.CancellationToken));
        }
        Volumes.Check(Image);
        using FileSource source = new(Image);
        Assert.Equal(before, Volumes.List(FatVolume.Open(source).ReadTree(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void Parts_of_a_long_name_that_lost_their_file_are_cleared_away()
    {
        Tools.Require("fsck.vfat");
        string name = new string('y', 200) + ".txt";
        Volumes.Build(Image, builder => builder.AddTree(Volumes.SampleTree(3)), Volumes.Options(clusterSize: 512), freeBytes: 1 << 20);
        using (EditedFile file = new(Image))
        {
            RecordedMedium medium = new(file);
            Fat32Editor editor = Open(medium);
            editor.WriteFile("folder/" + name, new byte[3], Volumes.Time);
            medium.Steps.Clear();
            editor.Delete("folder/" + name);
            Assert.True(medium.Writes.Count() >= 5);
        }
        Volumes.Check(Image);
        using (EditedFile file = new(Image))
        {
            Fat32Editor editor = Open(file);
            editor.WriteFile("folder/" + name, new byte[3], Volumes.Time);
            RecordedMedium medium = new(file);
            Fat32Editor second = Open(medium);
            byte[] before = new byte[file.Content.Length];
            file.Content.ReadExactly(0, before);
            second.Delete("folder/" + name);

            // Cut after the sector with the short entry.
            List<MediumStep> writes = [.. medium.Writes];
            file.Write(0, before);
            foreach (MediumStep step in writes.Take(2))
                step.Apply(file);
            Assert.Empty(((DirectoryNode)Reread(file).Children["folder"]).Children);
            Assert.True(Open(file).Repair(TestContext.Current.CancellationToken));
        }
        Volumes.Check(Image);
    }

    [Fact]
    public void Damaged_volumes_end_in_clear_errors_or_are_edited_soundly()
    {
        Volumes.Build(Image, builder => builder.AddTree(Volumes.SampleTree(5)), Volumes.Options(clusterSize: 512), freeBytes: 1 << 20);
        byte[] original = File.ReadAllBytes(Image);
        FatBootSector boot = FatBootSector.Read(new MemorySource(original, "original"));
        int data = (int)boot.DataOffset, table = (int)boot.TableOffset;
        Range[] hot = [new(0, 512), new(512, 1024), new(table, table + 4096), new(table + (int)boot.TableLength, table + (int)boot.TableLength + 4096), new(data, data + 8192)];
        int edited = 0;
        for (int seed = 0; seed < Volumes.MutationSeeds / 20; seed++)
        {
            using MemoryMedium medium = new(Mutations.Damage(original, seed, hot));
            try
            {
                Fat32Editor editor = Open(medium);
                editor.Repair(TestContext.Current.CancellationToken);
                editor.WriteFile("live/rpilive.conf", Volumes.Noise(seed, 1500), Volumes.Time);
                editor.WriteFile("config.txt", Volumes.Noise(seed, 700), Volumes.Time);
                editor.Delete("overlays");
            }
            catch (ImageException)
            {
                continue;
            }
            edited++;
            DirectoryNode tree = Reread(medium);
            Assert.Equal(Volumes.Noise(seed, 1500), FatPath.FindFile(tree, "live/rpilive.conf")!.Content.ReadAll());
            Assert.Equal(Volumes.Noise(seed, 700), FatPath.FindFile(tree, "config.txt")!.Content.ReadAll());
            Assert.Null(FatPath.Find(tree, "overlays"));
            Assert.False(Open(medium).Repair(TestContext.Current.CancellationToken));
        }
        Assert.True(edited > 0);
    }

    [Theory]
    [InlineData("-F 16 -s 4")]
    [InlineData("-F 12")]
    public void Volumes_that_are_not_FAT32_are_refused(string options)
    {
        Tools.Require("mkfs.vfat");
        Tools.Shell($"truncate -s {(options.Contains("12", StringComparison.Ordinal) ? 2 : 32)}M '{Image}'; mkfs.vfat {options} '{Image}'");
        using EditedFile file = new(Image);
        Assert.Equal("UnsupportedFat", Assert.Throws<ImageException>(() => Open(file)).ErrorId);
    }

    [Theory]
    [InlineData("-s 1")]
    [InlineData("-s 1 -f 1")]
    [InlineData("-s 1 -S 1024")]
    public void Volumes_of_others_are_edited(string options)
    {
        Tools.Require("mkfs.vfat", "mcopy", "mtype", "fsck.vfat");
        Tools.Shell($"truncate -s 80M '{Image}'; mkfs.vfat -F 32 {options} '{Image}'; echo one >'{Image}.txt'; mmd -i '{Image}' ::sub; mcopy -i '{Image}' '{Image}.txt' '::sub/a long name.txt'");
        using (EditedFile file = new(Image))
        {
            Fat32Editor editor = Open(file);
            editor.Repair(TestContext.Current.CancellationToken);
            editor.WriteFile("SUB/A Long Name.txt", "two\n"u8.ToArray(), s_later);
            editor.WriteFile("new/folder/file", "three\n"u8.ToArray(), s_later);
        }
        Assert.Equal("two\n", Tools.Run("mtype", "-i", Image, "::sub/a long name.txt"));
        Assert.Equal("three\n", Tools.Run("mtype", "-i", Image, "::new/folder/file"));
        Volumes.Check(Image);
    }

    public void Dispose() => _folder.Dispose();

    private Fat32Editor Open(EditedMedium medium) => Fat32Editor.Open(medium, 0, medium.Content.Length, Image, TestContext.Current.CancellationToken);

    private static DirectoryNode Reread(EditedMedium medium) => FatVolume.Open(medium.Content).ReadTree(TestContext.Current.CancellationToken);

    private static void Change(Fat32Editor editor, SortedDictionary<string, byte[]> files, Random random)
    {
        string path = random.Next(4) switch
        {
            0 => $"file {random.Next(20)}",
            1 => $"SUB/F{random.Next(20)}.TXT",
            2 => $"SUB/deeper folder/{new string('z', random.Next(1, 240))}",
            _ => $"many/number {random.Next(60)} of some.text",
        };
        if (random.Next(3) == 0)
        {
            editor.Delete(path);
            files.Remove(path);
            return;
        }
        byte[] bytes = Volumes.Noise(random.Next(), random.Next(5) == 0 ? 0 : random.Next(9000));
        editor.WriteFile(path, bytes, Volumes.Time);
        files[path] = bytes;
    }

    private static void Check(Fat32Editor editor, SortedDictionary<string, byte[]> files)
    {
        foreach ((string path, byte[] bytes) in files)
            Assert.Equal(bytes, editor.OpenFile(path)!.ReadAll());
    }
}
