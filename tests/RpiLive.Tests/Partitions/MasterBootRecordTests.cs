using System.Text;
using System.Text.RegularExpressions;
using RpiLive.Core.Errors;
using RpiLive.Core.Partitions;
using RpiLive.Core.Streams;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Partitions;

public sealed class MasterBootRecordTests
{
    private const int Mib = 1 << 20;

    [Fact]
    public void A_table_made_by_sfdisk_with_logical_partitions_is_read()
    {
        byte[] image = Sfdisk(64 * Mib, """
            label: dos
            label-id: 0x1234abcd
            start=2048, size=8192, type=c, bootable
            start=10240, size=4096, type=83
            start=14336, size=102400, type=5
            start=16384, size=4096, type=83
            start=22528, size=8192, type=82
            start=32768, size=2048, type=c
            """);
        MasterBootRecord record = MasterBootRecord.Read(Source(image));
        Assert.Equal(0x1234ABCDu, record.DiskId);
        Assert.Equal(
            [
                new(1, 0x0C, 2048 * 512, 8192 * 512, Active: true),
                new(2, 0x83, 10240 * 512, 4096 * 512),
                new(5, 0x83, 16384 * 512, 4096 * 512),
                new(6, 0x82, 22528 * 512, 8192 * 512),
                new(7, 0x0C, 32768 * 512, 2048 * 512),
            ],
            record.Partitions);
    }

    [Fact]
    public void Numbers_follow_the_place_in_the_table_and_not_the_disk()
    {
        byte[] image = Sfdisk(16 * Mib, "label: dos\n3: start=2048, size=2048, type=c\n1: start=8192, size=2048, type=83\n");
        Assert.Equal([(1, 8192 * 512L), (3, 2048 * 512L)],
            MasterBootRecord.Read(Source(image)).Partitions.Select(partition => (partition.Number, partition.FirstByte)));
    }

    [Fact]
    public void An_extended_partition_without_logical_ones_is_no_error()
    {
        byte[] image = Sfdisk(16 * Mib, "label: dos\nstart=2048, size=2048, type=c\nstart=8192, size=8192, type=f\n");
        Assert.Equal(1, Assert.Single(MasterBootRecord.Read(Source(image)).Partitions).Number);
    }

    [Fact]
    public void What_is_written_is_what_sfdisk_reads()
    {
        Tools.Require("sfdisk");
        using TemporaryFolder folder = new();
        using (DestinationFile file = new(folder["image"], overwrite: false))
        {
            MasterBootRecord.Write(file.Target, 0xCAFEF00D,
            [
                new(2, 0x83, 3L << 30, 1L << 40),
                new(1, 0x0C, 8 * Mib, 700 * Mib, Active: true),
            ]);
            file.Target.SetLength(1900L << 30);
            file.Commit();
        }
        string dump = Tools.Run("sfdisk", "--dump", folder["image"]);
        Assert.Contains("label-id: 0xcafef00d", dump);
        Assert.Matches(@"image1 : start= +16384, size= +1433600, type=c, bootable", dump);
        Assert.Matches(@"image2 : start= +6291456, size= +2147483648, type=83", dump);

        // The very bytes that sfdisk writes for the same partitions, cylinders, heads and sectors too.
        byte[] ours = new byte[512], theirs = new byte[512];
        using FileSource source = new(folder["image"]);
        source.ReadExactly(0, ours);
        File.WriteAllText(folder["dump"], dump);
        Tools.Shell($"truncate -s 1900G {folder["copy"]}; sfdisk -q --no-reread {folder["copy"]} < {folder["dump"]}");
        using (FileSource copy = new(folder["copy"]))
            copy.ReadExactly(0, theirs);
        Assert.Equal(Convert.ToHexString(theirs), Convert.ToHexString(ours));

        MasterBootRecord record = MasterBootRecord.Read(source);
        Assert.Equal([new(1, 0x0C, 8 * Mib, 700 * Mib, Active: true), new(2, 0x83, 3L << 30, 1L << 40)], record.Partitions);
    }

    [Theory]
    [InlineData(0, 512)]
    [InlineData(1024, 100)]
    [InlineData(1000, 512)]
    [InlineData(1024, 0)]
    public void A_partition_off_the_sectors_or_over_the_table_cannot_be_written(long first, long length) =>
        Assert.Throws<ArgumentException>(() => MasterBootRecord.Write(new NullTarget(), 1, [new(1, 0x0C, first, length)]));

    [Fact]
    public void Partitions_that_overlap_or_share_a_number_cannot_be_written()
    {
        Assert.Throws<ArgumentException>(() => MasterBootRecord.Write(new NullTarget(), 1, [new(1, 0x0C, 1024, 1024), new(2, 0x83, 1536, 1024)]));
        Assert.Throws<ArgumentException>(() => MasterBootRecord.Write(new NullTarget(), 1, [new(1, 0x0C, 1024, 1024), new(1, 0x83, 4096, 1024)]));
        Assert.Throws<ArgumentException>(() => MasterBootRecord.Write(new NullTarget(), 1, [new(5, 0x0C, 1024, 1024)]));
    }

    [Fact]
    public void A_partition_past_2_TiB_is_too_large() => Assert.Equal(ErrorIds.TooLarge,
        Assert.Throws<ImageException>(() => MasterBootRecord.Write(new NullTarget(), 1, [new(1, 0x0C, 1024, 2L << 40)])).ErrorId);

    [Fact]
    public void A_truncated_image_is_named_with_its_sizes()
    {
        byte[] image = Sfdisk(16 * Mib, "label: dos\nstart=2048, size=2048, type=c\nstart=8192, size=8192, type=83\n");
        ImageException error = Assert.Throws<ImageException>(() => MasterBootRecord.Read(Source(image[..(6 * Mib)])));
        Assert.Equal(ErrorIds.ImageTruncated, error.ErrorId);
        Assert.Contains("partition 2 (type 0x83) lies at bytes 4,194,304 to 8,388,608, but the image has 6,291,456 bytes", error.Message);
    }

    [Fact]
    public void A_GPT_is_refused_and_a_hybrid_one_accepted()
    {
        byte[] image = Sfdisk(16 * Mib, "label: gpt\nstart=2048, size=2048, type=U\n");
        Assert.Equal(ErrorIds.GptNotSupported, Assert.Throws<ImageException>(() => MasterBootRecord.Read(Source(image))).ErrorId);

        image.AsSpan(446, 16).CopyTo(image.AsSpan(462));
        byte[] entry = [0, 0, 0, 0, 0x0C, 0, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0];
        entry.CopyTo(image, 446);
        Assert.Equal(new MbrPartition(1, 0x0C, 2048 * 512, 2048 * 512), Assert.Single(MasterBootRecord.Read(Source(image)).Partitions));
    }

    [Fact]
    public void A_protective_entry_without_a_GPT_is_corrupt()
    {
        byte[] image = Sfdisk(16 * Mib, "label: gpt\nstart=2048, size=2048, type=U\n");
        image.AsSpan(512, 512).Clear();
        Assert.Equal("CorruptMbr", Assert.Throws<ImageException>(() => MasterBootRecord.Read(Source(image))).ErrorId);
    }

    [Theory]
    [InlineData("mkfs.vfat", "mkfs.vfat IMAGE", "bare FAT")]
    [InlineData("mkfs.vfat", "mkfs.vfat -F 32 IMAGE", "bare FAT")]
    [InlineData("mke2fs", "mke2fs -q -t ext4 IMAGE", "bare ext2/3/4")]
    [InlineData("mksquashfs", "rm IMAGE; mkdir IMAGE.d; mksquashfs IMAGE.d IMAGE -quiet -no-progress", "bare SquashFS")]
    [InlineData("xz", "echo x | xz > IMAGE", "xz-compressed")]
    [InlineData("gzip", "echo x | gzip > IMAGE", "gzip-compressed")]
    [InlineData("zstd", "echo x | zstd -q > IMAGE", "zstd-compressed")]
    [InlineData("bzip2", "echo x | bzip2 > IMAGE", "bzip2-compressed")]
    [InlineData("sh", "printf 'PK\\003\\004 and so on' > IMAGE", "zip-compressed")]
    [InlineData("sh", "printf 'QFI\\373' > IMAGE", "qcow2")]
    [InlineData("sh", "printf '\\n<html>not found' > IMAGE", "web page")]
    [InlineData("sh", "printf CD001 | dd of=IMAGE bs=1 seek=32769 conv=notrunc status=none", "ISO 9660")]
    [InlineData("sh", ": ", "first MiB holds nothing but zeros")]
    [InlineData("sh", "truncate -s 5000 IMAGE", "holds nothing but zeros")]
    [InlineData("sh", "truncate -s 0 IMAGE", "the file is empty")]
    [InlineData("sh", "echo hello > IMAGE", "6 bytes")]
    [InlineData("sh", "head -c 100000 /dev/zero | tr '\\0' x > IMAGE", "no signature")]
    [InlineData("sfdisk", "echo 'label: dos' | sfdisk -q IMAGE", "no valid entry")]
    public void An_input_without_partitions_is_named_for_what_it_looks_like(string tool, string command, string expected)
    {
        Tools.Require(tool);
        using TemporaryFolder folder = new();
        string path = folder["image"];
        File.WriteAllBytes(path, []);
        Tools.Shell($"truncate -s 16M {path}; {Regex.Replace(command, "IMAGE", path)}");
        using FileSource source = new(path);
        ImageException error = Assert.Throws<ImageException>(() => MasterBootRecord.Read(source));
        Assert.Equal(ErrorIds.NotPartitioned, error.ErrorId);
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void A_chain_of_logical_partitions_that_comes_back_is_corrupt()
    {
        byte[] image = Logical();

        // The second record leads back to the first: offset 0 in the extended partition.
        int second = 22528 * 512 - 2048 * 512;
        Assert.Equal(0x55, image[second + 510]);
        byte[] entry = [0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0];
        entry.CopyTo(image, second + 462);
        Assert.Contains("comes back", Assert.Throws<ImageException>(() => MasterBootRecord.Read(Source(image))).Message);
        entry[11] = 0x7F;
        entry.CopyTo(image, second + 462);
        Assert.Contains("leaves the extended partition", Assert.Throws<ImageException>(() => MasterBootRecord.Read(Source(image))).Message);
        image[second + 510] = 0;
        Assert.Contains("no signature", Assert.Throws<ImageException>(() => MasterBootRecord.Read(Source(image))).Message);
    }

    [Fact]
    public void Damaged_tables_give_errors_and_nothing_else()
    {
        byte[] image = Logical();
        Range[] hot = [new(440, 512), new(14336 * 512 + 440, 14336 * 512 + 512), new(20480 * 512 + 440, 20480 * 512 + 512)];
        int seeds = int.TryParse(Environment.GetEnvironmentVariable("RPILIVE_MUTATION_SEEDS"), out int number) ? number : 2000;
        int failed = 0;
        for (int seed = 0; seed < seeds; seed++)
        {
            byte[] damaged = Mutations.Damage(image, seed, hot);
            try
            {
                foreach (MbrPartition partition in MasterBootRecord.Read(Source(damaged)).Partitions)
                    Assert.True(partition.FirstByte >= 0 && partition.Length > 0 && partition.End <= damaged.Length);
            }
            catch (ImageException)
            {
                failed++;
            }
        }
        Assert.InRange(failed, seeds / 10, seeds);
    }

    private static byte[] Logical() => Sfdisk(13 * Mib, """
        label: dos
        start=2048, size=8192, type=c
        start=14336, size=12288, type=5
        start=16384, size=4096, type=83
        start=22528, size=4096, type=83
        """);

    private static MemorySource Source(byte[] image) => new(image, "card.img");

    private static byte[] Sfdisk(int length, string script)
    {
        Tools.Require("sfdisk");
        using TemporaryFolder folder = new();
        using (FileStream stream = File.Create(folder["image"]))
            stream.SetLength(length);
        File.WriteAllText(folder["script"], script, Encoding.ASCII);
        Tools.Shell($"sfdisk -q --no-reread {folder["image"]} < {folder["script"]}");
        return File.ReadAllBytes(folder["image"]);
    }

    private sealed class NullTarget : RandomAccessTarget
    {
        public override string Name => "null";

        public override void Write(long offset, ReadOnlySpan<byte> bytes)
        {
        }
    }
}
