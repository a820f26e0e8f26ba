using RpiLive.Core.Ext4;
using RpiLive.Core.Ext4.Making;
using RpiLive.Core.Streams;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Ext4.Making;

public sealed class EmptyVolumeTests
{
    private const long Mega = 1L << 20;

    /// <summary>What must be the same as in a file system that mke2fs made.</summary>
    private static readonly string[] s_same =
    [
        "Filesystem features", "Inode count", "Block count", "Reserved block count", "Block size", "Group descriptor size",
        "Reserved GDT blocks", "Blocks per group", "Inodes per group", "Inode blocks per group", "Flex block group size", "First inode",
        "Inode size", "Required extra isize", "Desired extra isize", "Journal inode", "Default directory hash", "Journal backup",
        "Checksum type", "Total journal size", "Journal features", "Journal sequence", "Default mount options", "Filesystem state",
        "Filesystem revision #", "Errors behavior", "Maximum mount count", "Filesystem UUID", "Directory Hash Seed", "Overhead clusters",
    ];

    public static TheoryData<long> Sizes =>
    [
        8 * Mega, 9 * Mega, (9 * Mega) + 4095, 64 * Mega, 100 * Mega, 128 * Mega, (128 * Mega) + 4096, 129 * Mega, 136 * Mega, 511 * Mega,
        512 * Mega, 1024 * Mega, (2048 * Mega) + (5 * Mega), 8192 * Mega, 100_000 * Mega, Mega * Mega,
    ];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void An_empty_one_is_clean_and_its_counts_are_right(long size)
    {
        using TemporaryFolder folder = new();
        Ext4Summary summary = NewVolumes.Make(folder["image"], size);
        NewVolumes.Check(folder["image"]);
        Dictionary<string, string> dump = NewVolumes.Dump(folder["image"]);
        Assert.Equal(
            ($"{summary.BlockCount}", $"{summary.FreeBlocks}", $"{summary.InodeCount}", $"{summary.FreeInodes}", "RPILIVE"),
            (dump["Block count"], dump["Free blocks"], dump["Inode count"], dump["Free inodes"], dump["Filesystem volume name"]));
        Assert.Equal(summary.BlockCount * 4096, summary.Length);
        Assert.InRange(size - summary.Length, 0, 10 * Mega);
        using FileSource source = new(folder["image"]);
        (Ext4Volume volume, Core.Tree.DirectoryNode root) = Samples.Read(source);
        Assert.Equal((summary.FreeBlocks, "RPILIVE", NewVolumes.Options().Id), (volume.FreeBlocks, volume.Label, volume.Id));
        Assert.Equal("lost+found", Assert.Single(root.Children).Key.ToString());
    }

    [Theory]
    [InlineData(8 * Mega, 64 << 20, 16)]
    [InlineData(9 * Mega, 4096, 2304)]
    [InlineData(1024 * Mega, 64 << 20, 128)]
    [InlineData(1024 * Mega, 4096, 262_144)]
    [InlineData((2048 * Mega) + (17 * Mega), 4096, 528_768)]
    [InlineData(100_000 * Mega, 4096, 25_612_064)]
    public void The_number_of_inodes_can_be_chosen(long size, int bytesPerInode, long count)
    {
        using TemporaryFolder folder = new();
        Ext4Summary summary = NewVolumes.Make(folder["image"], size, options: NewVolumes.Options() with { BytesPerInode = bytesPerInode });
        Assert.Equal((count, count - 11), (summary.InodeCount, summary.FreeInodes));
        NewVolumes.Check(folder["image"]);
    }

    [Fact]
    public void One_of_almost_16_TiB_is_clean()
    {
        using TemporaryFolder folder = new();
        // What a file on an ext4 of the host can have.
        NewVolumes.Make(folder["image"], (16L << 40) - 4096);
        NewVolumes.Check(folder["image"]);
    }

    [Theory]
    [InlineData(8 * Mega)]
    [InlineData(300 * Mega)]
    [InlineData(1024 * Mega)]
    [InlineData(1100 * Mega)]
    [InlineData(3000 * Mega)]
    [InlineData(20_000 * Mega)]
    [InlineData(40_000 * Mega)]
    [InlineData(70_000 * Mega)]
    public void It_has_the_features_and_proportions_of_mke2fs(long size)
    {
        Tools.Require("mke2fs");
        using TemporaryFolder folder = new();
        NewVolumes.Make(folder["ours"], size, options: NewVolumes.Options(reserved: 5));
        Tools.Run(
            "mke2fs", "-q", "-t", "ext4", "-b", "4096", "-U", $"{NewVolumes.Options().Id}", "-E", $"hash_seed={NewVolumes.Options().HashSeed}",
            folder["theirs"], $"{size >> 10}k");
        Dictionary<string, string> ours = NewVolumes.Dump(folder["ours"]), theirs = NewVolumes.Dump(folder["theirs"]);
        foreach (string key in s_same)
            Assert.Equal((key, theirs.GetValueOrDefault(key)), (key, ours.GetValueOrDefault(key)));
    }
}
