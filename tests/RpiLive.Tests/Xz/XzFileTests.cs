using RpiLive.Core.Errors;
using RpiLive.Core.Packed;
using RpiLive.Core.Xz;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Xz;

public sealed class XzFileTests
{
    private static readonly byte[] s_lzma2Filter = [0x21, 1, 0];

    [Fact]
    public void Blocks_are_found_in_all_streams_and_each_unpacks_by_itself()
    {
        byte[] content = XzTool.Content(250_000);
        byte[] packed =
        [
            .. XzTool.Pack(content.AsSpan(0, 100_000), "--block-size=30000"), .. new byte[70_000],
            .. XzTool.Pack([]), .. XzTool.Pack(content.AsSpan(100_000), "-T2 --block-size=40000 --check=sha256"), .. new byte[4],
        ];
        using XzFile file = XzTool.Open(packed);
        Assert.Equal(content.Length, file.Length);
        Assert.Equal([30000, 30000, 30000, 10000, 40000, 40000, 40000, 30000], file.Blocks.Select(block => block.Length));
        foreach (int index in (int[])[7, 0, 3, 4, 6, 1, 5, 2])
        {
            PackedBlock block = file.Blocks[index];
            Assert.Equal(content[(int)block.Offset..(int)(block.Offset + block.Length)], ReadAll(file, index, 777));
        }
    }

    [Fact]
    public void Xz_itself_counts_the_same_blocks()
    {
        byte[] packed = XzTool.Pack(XzTool.Content(500_000), "--block-size=9999");
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["x.xz"], packed);
        string[] totals = Tools.Run("xz", "--robot", "--list", folder["x.xz"]).Split('\n').First(line => line.StartsWith("totals", StringComparison.Ordinal)).Split('\t');
        using XzFile file = XzTool.Open(packed);
        Assert.Equal(totals[2], $"{file.Blocks.Count}");
        Assert.Equal(totals[4], $"{file.Length}");
    }

    [Fact]
    public void A_crafted_stream_is_sound_as_such()
    {
        byte[] block = CraftedXz.Block(0, s_lzma2Filter, CraftedXz.Plain("hello"u8), out ulong unpadded);
        using XzFile file = XzTool.Open(CraftedXz.Stream(block, [(unpadded, 5)]));
        Assert.Equal("hello"u8, ReadAll(file, 0, 10));
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["x.xz"], CraftedXz.Stream(block, [(unpadded, 5)]));
        Tools.Require("xz");
        Assert.Equal("hello", Tools.Run("xz", "-dc", folder["x.xz"]));
    }

    [Fact]
    public void Blocks_without_content_are_passed_over()
    {
        byte[] empty = CraftedXz.Block(0, s_lzma2Filter, [0], out ulong emptyLength), hello = CraftedXz.Block(0, s_lzma2Filter, CraftedXz.Plain("hello"u8), out ulong helloLength);
        using XzFile file = XzTool.Open(CraftedXz.Stream([.. empty, .. hello, .. empty], [(emptyLength, 0), (helloLength, 5), (emptyLength, 0)]));
        Assert.Equal([new PackedBlock(0, 5)], file.Blocks);
        Assert.Equal("hello"u8, ReadAll(file, 0, 10));
    }

    [Fact]
    public void An_index_that_cannot_be_is_refused()
    {
        byte[] block = CraftedXz.Block(0, s_lzma2Filter, CraftedXz.Plain("hello"u8), out ulong unpadded);
        const ulong Max = long.MaxValue;
        foreach (ulong count in (ulong[])[0, 2, 3, 1 << 20, 1ul << 32, Max])
            Refused("CorruptXz", CraftedXz.Stream(block, [(unpadded, 5)], count));
        foreach (ulong wrong in (ulong[])[0, 4, unpadded + 4, 1ul << 32, Max - 3, Max])
            Refused("CorruptXz", CraftedXz.Stream(block, [(wrong, 5)]));
        Refused("CorruptXz", CraftedXz.Stream([.. block, .. block], [(unpadded, Max), (unpadded, 1)]));
        Refused("CorruptXz", [.. CraftedXz.Stream(block, [(unpadded, Max)]), .. CraftedXz.Stream(block, [(unpadded, 1)])]);
        Refused("CorruptXz", CraftedXz.Stream([0, 0, 0, 0, .. block], [(unpadded, 5)]));
    }

    [Fact]
    public void A_block_that_contradicts_the_index_is_refused()
    {
        byte[] one = XzTool.Pack(XzTool.Content(1000), "-T2 --block-size=600");
        byte[] block = CraftedXz.Block(0, s_lzma2Filter, CraftedXz.Plain("hello"u8), out ulong unpadded);
        byte[] other = CraftedXz.Block(0, s_lzma2Filter, CraftedXz.Plain("hello, hello"u8), out ulong otherLength);
        foreach (ulong length in (ulong[])[1, 4, 6, 1 << 20, 1ul << 27])
            BlockRefused("CorruptXz", CraftedXz.Stream(block, [(unpadded, length)]));
        BlockRefused("CorruptXz", CraftedXz.Stream([.. block, .. other], [(otherLength, 12), (unpadded, 5)]));
        using XzFile file = XzTool.Open(one);
        Assert.Equal(2, file.Blocks.Count);
    }

    [Fact]
    public void What_the_format_reserves_is_not_supported()
    {
        byte[] block = CraftedXz.Block(0, s_lzma2Filter, CraftedXz.Plain("hello"u8), out ulong unpadded);
        Refused("UnsupportedXz", CraftedXz.Stream(block, [(unpadded, 5)], flags0: 1));
        Refused("UnsupportedXz", CraftedXz.Stream(block, [(unpadded, 5)], check: 16));
        BlockRefused("UnsupportedXz", CraftedXz.Stream([.. block[..^4], .. new byte[8]], [(unpadded + 4, 5)], check: 2));
        byte[] reserved = CraftedXz.Block(4, s_lzma2Filter, CraftedXz.Plain("hello"u8), out unpadded);
        BlockRefused("UnsupportedXz", CraftedXz.Stream(reserved, [(unpadded, 5)]));
        byte[] unknown = CraftedXz.Block(0, [0x22, 1, 0], CraftedXz.Plain("hello"u8), out unpadded);
        BlockRefused("UnsupportedXz", CraftedXz.Stream(unknown, [(unpadded, 5)]));
    }

    [Fact]
    public void A_dictionary_counts_only_as_far_as_the_content_can_fill_it()
    {
        byte[] block = CraftedXz.Block(0, [0x21, 1, 40], CraftedXz.Plain("hello"u8), out ulong unpadded);
        using XzFile file = XzTool.Open(CraftedXz.Stream(block, [(unpadded, 5)]));
        Assert.Equal("hello"u8, ReadAll(file, 0, 10));
        BlockRefused("UnsupportedXz", CraftedXz.Stream(block, [(unpadded, (256 << 20) + 1)]));

        // The index claims much, the few packed bytes do not make it credible: no memory is taken for it.
        using XzFile claims = XzTool.Open(CraftedXz.Stream(block, [(unpadded, 256 << 20)]));
        using BlockUnpacker unpacker = claims.Open(0);
        Assert.InRange(unpacker.MemoryBytes, 1, 1 << 20);
    }

    [Fact]
    public void More_blocks_than_can_be_kept_are_refused()
    {
        const int Count = XzIndex.MaxBlocks + 1;
        byte[] blocks = new byte[8 * Count];
        Refused("UnsupportedXz", CraftedXz.Stream(blocks, Enumerable.Repeat((8ul, 1ul), Count)));
        using XzFile empty = XzTool.Open(CraftedXz.Stream(blocks, Enumerable.Repeat((8ul, 0ul), Count)));
        Assert.Empty(empty.Blocks);
    }

    [Fact]
    public void Very_many_streams_are_read_at_once()
    {
        byte[] one = XzTool.Pack("one "u8), empty = XzTool.Pack([]);
        byte[] packed = [.. Enumerable.Repeat(empty, 20_000).SelectMany(bytes => bytes), .. Enumerable.Repeat(one, 10_000).SelectMany(bytes => bytes)];
        using XzFile file = XzTool.Open(packed);
        Assert.Equal(10_000, file.Blocks.Count);
        Assert.Equal(new PackedBlock(39_996, 4), file.Blocks[^1]);
    }

    private static byte[] ReadAll(XzFile file, int index, int step)
    {
        using BlockUnpacker unpacker = file.Open(index);
        using MemoryStream result = new();
        byte[] buffer = new byte[step];
        for (int count; (count = unpacker.Read(buffer)) > 0;)
            result.Write(buffer, 0, count);
        return result.ToArray();
    }

    private static void Refused(string errorId, byte[] packed) =>
        Assert.Equal(errorId, Assert.Throws<ImageException>(() => XzTool.Open(packed)).ErrorId);

    private static void BlockRefused(string errorId, byte[] packed)
    {
        using XzFile file = XzTool.Open(packed);
        Assert.Equal(errorId, Assert.Throws<ImageException>(() => ReadAll(file, 0, 4096)).ErrorId);
    }
}
