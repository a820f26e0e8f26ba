using System.Buffers.Binary;
using System.Text;
using RpiLive.Core.Errors;
using RpiLive.Core.Fat;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Fat;

public sealed class FatVolumeTests
{
    [Theory]
    [InlineData(12, 512, 1, 2_000, FatType.Fat12)]
    [InlineData(12, 512, 64, 40_000, FatType.Fat12)]
    [InlineData(12, 1024, 4, 14_000, FatType.Fat12)]
    [InlineData(12, 4096, 1, 14_000, FatType.Fat12)]
    [InlineData(16, 512, 4, 30_000, FatType.Fat16)]
    [InlineData(16, 1024, 1, 20_000, FatType.Fat16)]
    [InlineData(16, 2048, 2, 60_000, FatType.Fat16)]
    [InlineData(16, 4096, 8, 400_000, FatType.Fat16)]
    [InlineData(32, 512, 1, 40_000, FatType.Fat32)]
    [InlineData(32, 512, 64, 2_200_000, FatType.Fat32)]
    [InlineData(32, 512, 4, 262_144, FatType.Fat32)]
    [InlineData(32, 1024, 2, 140_000, FatType.Fat32)]
    [InlineData(32, 2048, 1, 140_000, FatType.Fat32)]
    [InlineData(32, 4096, 64, 17_000_000, FatType.Fat32)]
    public void A_volume_of_mkfs_and_mtools_is_read_whole(int bits, int sectorSize, int sectorsPerCluster, int kib, FatType type)
    {
        Tools.Require("mkfs.vfat", "mcopy");
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder["in"]);
        DirectoryNode tree = Volumes.SampleTree(type == FatType.Fat12 && kib < 10_000 ? 50 : 200);
        if (kib < 10_000)
            tree.Children.Remove("kernel8.img");
        Volumes.WriteFolder(tree, folder["in"]);
        Tools.Run("mkfs.vfat", "-C", "-F", $"{bits}", "-S", $"{sectorSize}", "-s", $"{sectorsPerCluster}", "-i", "89ABCDEF", "-n", "STOCK",
            folder["image"], $"{kib}");
        Copy(folder["in"], folder["image"]);

        using FileSource source = new(folder["image"]);
        Assert.True(FatVolume.Probe(source));
        FatVolume volume = FatVolume.Open(source);
        Assert.Equal((type, sectorSize, sectorSize * sectorsPerCluster, 0x89ABCDEFu, "STOCK"),
            (volume.Type, volume.SectorSize, volume.ClusterSize, volume.VolumeId, volume.ReadLabel()));
        Assert.Equal(Volumes.List(folder["in"]), Volumes.List(volume.ReadTree()));
    }

    [Fact]
    public void Fragmented_files_large_directories_and_deleted_entries_are_read()
    {
        Tools.Require("mkfs.vfat", "mcopy", "mdel", "mmd");
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder["in"]);
        string many = Path.Join(folder["in"], "many");
        Directory.CreateDirectory(many);
        for (int i = 0; i < 3000; i++)
            WriteFile(Path.Join(many, $"{i:D4} and then a long name"), Volumes.Noise(i, 100 + i % 1500));
        Tools.Run("mkfs.vfat", "-C", "-F", "32", "-s", "1", folder["image"], "65536");
        Copy(folder["in"], folder["image"]);

        for (int i = 0; i < 3000; i += 2)
            File.Delete(Path.Join(many, $"{i:D4} and then a long name"));
        Tools.Run("mdel", "-i", folder["image"], "::many/???[02468]*");
        WriteFile(Path.Join(folder["in"], "in pieces.bin"), Volumes.Noise(5000, 3_000_000));
        Tools.Shell($"cd '{folder["in"]}' && TZ=UTC mcopy -m -i '{folder["image"]}' 'in pieces.bin' ::");

        using FileSource source = new(folder["image"]);
        DirectoryNode tree = FatVolume.Open(source).ReadTree();
        Assert.Equal(Volumes.List(folder["in"]), Volumes.List(tree));

        // Parts of a fragmented file, read out of order and by several threads.
        FileContent content = FatPath.FindFile(tree, "in pieces.bin")!.Content;
        byte[] whole = Volumes.Noise(5000, 3_000_000);
        Parallel.For(0, 500, i =>
        {
            Random random = new(i);
            int offset = random.Next(whole.Length), length = random.Next(Math.Min(100_000, whole.Length - offset));
            byte[] part = new byte[length];
            content.Read(offset, part);
            Assert.True(whole.AsSpan(offset, length).SequenceEqual(part));
        });
    }

    [Fact]
    public void Short_names_are_shown_in_the_case_and_code_page_that_they_are_stored_in()
    {
        byte[] image = Small(12);
        int root = RootOffset(image);
        WriteShort(image, root, "LOWER   TXT", 0x18);
        WriteShort(image, root + 32, "MIXED   TXT", 0x08);
        WriteShort(image, root + 64, "UPPER   TXT", 0x00);
        WriteShort(image, root + 96, "NOEXT      ", 0x10);
        WriteShort(image, root + 128, "\x05KANJI  TXT", 0x00);
        WriteShort(image, root + 160, "\x8E\x99\x9A     \x80  ", 0x00);
        WriteShort(image, root + 192, "\x8ESMALL  TXT", 0x08);
        WriteShort(image, root + 224, "GONE    TXT", 0x00);
        image[root + 224] = 0xE5;
        DirectoryNode tree = FatVolume.Open(Source(image)).ReadTree();
        Assert.Equal(
            new HashSet<string> { "mixed.TXT", "lower.txt", "UPPER.TXT", "NOEXT", "σKANJI.TXT", "ÄÖÜ.Ç", "äsmall.TXT" },
            tree.Children.Keys.Select(name => name.ToString()).ToHashSet());
    }

    [Theory]
    [InlineData("checksum")]
    [InlineData("order")]
    [InlineData("missing part")]
    [InlineData("slash")]
    [InlineData("dots")]
    public void A_broken_long_name_falls_back_to_the_short_one(string damage)
    {
        byte[] image = Small(12);
        int root = RootOffset(image);
        string name = damage == "slash" ? "a/name that is longer than" : damage == "dots" ? ".." : "a name that is longer than";
        int parts = WriteLong(image, root, name, "ANAMET~1TXT");
        switch (damage)
        {
            case "checksum": image[root + 13] ^= 1; break;
            case "order": image[root + 32] = 2; break;
            case "missing part": image[root] = 0xE5; break;
        }
        WriteShort(image, root + parts * 32, "ANAMET~1TXT", 0);
        Assert.Equal("ANAMET~1.TXT", Assert.Single(FatVolume.Open(Source(image)).ReadTree().Children).Key.ToString());
    }

    [Fact]
    public void A_long_name_that_fills_its_last_part_has_no_terminator()
    {
        byte[] image = Small(12);
        int root = RootOffset(image);
        string name = "exactly twenty-six letters";
        int parts = WriteLong(image, root, name, "EXACTL~1   ");
        Assert.Equal(2, parts);
        WriteShort(image, root + 64, "EXACTL~1   ", 0);
        Assert.Equal(name, Assert.Single(FatVolume.Open(Source(image)).ReadTree().Children).Key.ToString());
    }

    [Fact]
    public void The_label_of_the_root_directory_goes_before_the_boot_sectors()
    {
        Tools.Require("mkfs.vfat", "mlabel");
        using TemporaryFolder folder = new();
        Tools.Run("mkfs.vfat", "-C", folder["image"], "1440");
        Assert.Equal("", FatVolume.Open(Source(File.ReadAllBytes(folder["image"]))).ReadLabel());
        Tools.Run("mlabel", "-i", folder["image"], "::ROOTLABEL");
        byte[] image = File.ReadAllBytes(folder["image"]);
        Encoding.ASCII.GetBytes("BOOTSECTOR ").CopyTo(image, 43);
        Assert.Equal("ROOTLABEL", FatVolume.Open(Source(image)).ReadLabel());
        image[RootOffset(image)] = 0xE5;
        Assert.Equal("BOOTSECTOR", FatVolume.Open(Source(image)).ReadLabel());
    }

    [Theory]
    [InlineData(0u, "free one")]
    [InlineData(0xFF7u, "bad one")]
    [InlineData(1u, "leads to cluster 1")]
    [InlineData(0xFF0u, "leads to cluster 4,080")]
    [InlineData(2u, "used twice")]
    [InlineData(0xFFFu, "chain of 1")]
    [InlineData(5u, "longer chain")]
    public void A_damaged_chain_is_an_error_that_says_what_is_wrong(uint link, string message)
    {
        // Cluster 2 → link; 5 → 6 → end. The file has two clusters.
        byte[] image = Small(12);
        int root = RootOffset(image);
        WriteShort(image, root, "FILE       ", 0);
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(root + 26), 2);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(root + 28), 1000);
        SetFat12(image, 2, link);
        SetFat12(image, 5, 6);
        SetFat12(image, 6, 0xFFF);
        ImageException error = Assert.Throws<ImageException>(() => FatVolume.Open(Source(image)).ReadTree());
        Assert.Equal("CorruptFat", error.ErrorId);
        Assert.Contains(message, error.Message);
        Assert.Contains("/FILE", error.Message);
    }

    [Fact]
    public void Two_files_that_share_a_cluster_are_an_error()
    {
        byte[] image = Small(12);
        int root = RootOffset(image);
        foreach ((int at, string name) in new[] { (0, "A          "), (32, "B          ") })
        {
            WriteShort(image, root + at, name, 0);
            BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(root + at + 26), 2);
            BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(root + at + 28), 1);
        }
        SetFat12(image, 2, 0xFFF);
        Assert.Contains("cluster 2 of /B is used twice", Assert.Throws<ImageException>(() => FatVolume.Open(Source(image)).ReadTree()).Message);
    }

    [Fact]
    public void A_directory_inside_itself_is_an_error()
    {
        byte[] image = Small(12);
        int root = RootOffset(image), data = root + 512 * 32;
        foreach (int at in (int[])[root, data])
        {
            WriteShort(image, at, "LOOP       ", 0);
            image[at + 11] = 0x10;
            BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(at + 26), 2);
        }
        SetFat12(image, 2, 0xFFF);
        Assert.Contains("/LOOP/LOOP is used twice", Assert.Throws<ImageException>(() => FatVolume.Open(Source(image)).ReadTree()).Message);
    }

    [Fact]
    public void A_name_that_is_there_twice_is_an_error()
    {
        byte[] image = Small(12);
        int root = RootOffset(image);
        WriteShort(image, root, "TWICE   TXT", 0);
        WriteShort(image, root + 32, "TWICE   TXT", 0x18);
        Assert.Contains("twice.txt is there twice", Assert.Throws<ImageException>(() => FatVolume.Open(Source(image)).ReadTree()).Message);
    }

    [Fact]
    public void A_volume_longer_than_its_source_is_truncated()
    {
        byte[] image = Small(16);
        ImageException error = Assert.Throws<ImageException>(() => FatVolume.Open(Source(image[..(image.Length / 2)])));
        Assert.Equal(ErrorIds.ImageTruncated, error.ErrorId);
    }

    [Fact]
    public void What_is_no_FAT_is_refused_with_the_reason()
    {
        byte[] ext4 = new byte[4096];
        Assert.False(FatVolume.Probe(Source(ext4)));
        Assert.False(FatVolume.Probe(Source([])));
        ImageException error = Assert.Throws<ImageException>(() => FatVolume.Open(Source(ext4)));
        Assert.Equal("CorruptFat", error.ErrorId);
        Assert.Contains("signature", error.Message);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(16)]
    [InlineData(32)]
    public void Damaged_volumes_give_errors_and_nothing_else(int bits)
    {
        byte[] image = Filled(bits);
        int reserved = BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(14)) * 512;
        int root = RootOffset(image);
        Range[] hot = [new(0, 90), new(reserved, reserved + 2048), new(root, root + 2048)];
        byte[] head = image[..Math.Min(image.Length, root + 100_000)];
        int failed = 0, seeds = Volumes.MutationSeeds;
        Parallel.For(0, seeds, seed =>
        {
            try
            {
                RandomAccessSource source = new PatchedSource(image, head.Length, Mutations.Damage(head, seed, hot));
                FatVolume volume = FatVolume.Open(source);
                _ = volume.ReadLabel();
                _ = Volumes.List(volume.ReadTree());
            }
            catch (ImageException)
            {
                Interlocked.Increment(ref failed);
            }
        });
        Assert.InRange(failed, seeds / 10, seeds);
    }

    [Fact]
    public void A_FAT32_volume_with_few_clusters_is_read_as_Linux_does()
    {
        Tools.Require("mkfs.vfat");
        using TemporaryFolder folder = new();
        Tools.Run("mkfs.vfat", "-C", "-F", "32", "-s", "1", "-n", "TINY", folder["image"], "1024");
        FatVolume volume = FatVolume.Open(Source(File.ReadAllBytes(folder["image"])));
        Assert.Equal((FatType.Fat32, "TINY"), (volume.Type, volume.ReadLabel()));
        Assert.Empty(volume.ReadTree().Children);
    }

    [Fact]
    public void Find_goes_by_exact_case_first_and_any_case_then()
    {
        DirectoryNode root = Volumes.Directory(), live = Volumes.Directory();
        root.Children.Add("LIVE", live);
        Volumes.Add(live, "ROOT.SQUASHFS", [1]);
        Assert.Same(live.Children["ROOT.SQUASHFS"], FatPath.FindFile(root, "/live/root.squashfs"));
        Assert.Null(FatPath.FindFile(root, "live"));
        Assert.Null(FatPath.Find(root, "live/root.squashfs/x"));
        Volumes.Add(live, "root.squashfs", [2]);
        Assert.Same(live.Children["root.squashfs"], FatPath.FindFile(root, "live/root.squashfs"));
    }

    private static void WriteFile(string path, byte[] bytes)
    {
        File.WriteAllBytes(path, bytes);
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddSeconds(Volumes.Time.Seconds));
    }

    private static void Copy(string folder, string image) =>
        Tools.Run("sh", "-euc", "cd \"$1\"; export TZ=UTC; ls -A1 | while read -r name; do mcopy -s -m -i \"$2\" \"$name\" ::; done", "sh", folder, image);

    private static MemorySource Source(byte[] image) => new(image, "volume");

    /// <summary>An empty volume with 512-byte clusters where it is FAT12.</summary>
    private static byte[] Small(int bits)
    {
        Tools.Require("mkfs.vfat");
        using TemporaryFolder folder = new();
        Tools.Run("mkfs.vfat", "-C", "-F", $"{bits}", "-s", "1", "-r", "512", "-f", "1", folder["image"], bits == 12 ? "1024" : "4096");
        return File.ReadAllBytes(folder["image"]);
    }

    private static byte[] Filled(int bits)
    {
        Tools.Require("mkfs.vfat", "mcopy");
        using TemporaryFolder folder = new();
        Tools.Run("mkfs.vfat", "-C", "-F", $"{bits}", "-s", "1", folder["image"], bits == 12 ? "512" : bits == 16 ? "4096" : "40000");
        Directory.CreateDirectory(folder["in"]);
        DirectoryNode tree = Volumes.SampleTree(40);
        tree.Children.Remove("kernel8.img");

        // Its 21 entries are more than the one cluster by which mtools lets a root directory grow.
        tree.Children.Remove(new string('x', 255));
        Volumes.WriteFolder(tree, folder["in"]);
        Copy(folder["in"], folder["image"]);
        return File.ReadAllBytes(folder["image"]);
    }

    private static int RootOffset(byte[] image)
    {
        int reserved = BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(14)), tables = image[16];
        int sectors = BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(22));
        if (sectors == 0)
            sectors = BinaryPrimitives.ReadInt32LittleEndian(image.AsSpan(36));
        return (reserved + tables * sectors) * 512;
    }

    private static void WriteShort(byte[] image, int at, string name, byte flags)
    {
        Encoding.Latin1.GetBytes(name).CopyTo(image, at);
        image[at + 11] = 0x20;
        image[at + 12] = flags;
    }

    private static int WriteLong(byte[] image, int at, string name, string shortName)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(shortName);
        byte checksum = 0;
        foreach (byte b in bytes)
            checksum = (byte)(((checksum & 1) << 7) + (checksum >> 1) + b);
        int parts = (name.Length + 12) / 13;
        int[] places = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];
        for (int part = 1; part <= parts; part++)
        {
            Span<byte> entry = image.AsSpan(at + (parts - part) * 32, 32);
            entry[0] = (byte)(part == parts ? part | 0x40 : part);
            entry[11] = 0x0F;
            entry[13] = checksum;
            for (int i = 0; i < 13; i++)
            {
                int index = (part - 1) * 13 + i;
                BinaryPrimitives.WriteUInt16LittleEndian(entry[places[i]..], index < name.Length ? name[index] : index == name.Length ? (ushort)0 : (ushort)0xFFFF);
            }
        }
        return parts;
    }

    private static void SetFat12(byte[] image, int cluster, uint value)
    {
        int at = BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(14)) * 512 + cluster * 3 / 2;
        int pair = BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(at));
        pair = cluster % 2 == 0 ? pair & 0xF000 | (int)value : pair & 0x000F | (int)value << 4;
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(at), (ushort)pair);
    }

    /// <summary>Bytes with another beginning; cut off there when the new beginning is shorter than the old.</summary>
    private sealed class PatchedSource(byte[] bytes, int headLength, byte[] head) : RandomAccessSource
    {
        public override string Name => "damaged";

        public override long Length => head.Length < headLength ? head.Length : bytes.Length;

        public override int Read(long offset, Span<byte> buffer)
        {
            int count = (int)Math.Clamp(Length - offset, 0, buffer.Length);
            for (int done = 0; done < count;)
            {
                int at = (int)offset + done;
                ReadOnlySpan<byte> from = at < head.Length ? head.AsSpan(at) : bytes.AsSpan(at);
                from = from[..Math.Min(from.Length, count - done)];
                from.CopyTo(buffer[done..]);
                done += from.Length;
            }
            return count;
        }
    }
}
