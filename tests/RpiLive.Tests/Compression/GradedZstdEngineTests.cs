using RpiLive.Codecs;
using RpiLive.Core.Compression;

namespace RpiLive.Tests.Compression;

public sealed class GradedZstdEngineTests
{
    private const int BlockLength = 256 << 10;

    [Fact]
    public void Work_goes_where_there_is_something_to_gain()
    {
        Assert.Equal(9, LevelFor(new byte[BlockLength]));
        Assert.Equal(9, LevelFor(Documentation()[..BlockLength]));
        Assert.Equal(16, LevelFor(MachineCode()[..BlockLength]));
        // As well packed by the fast level, text is given less work than numbers.
        byte[] numbers = Numbers(first: 0), text = Numbers(first: 'a');
        Assert.Equal(15, LevelFor(numbers));
        Assert.Equal(9, LevelFor(text));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4097)]
    public void Blocks_of_any_length_come_back(int length)
    {
        using GradedZstdEngine engine = new(BlockLength, setting => new ManagedZstdEngine(setting));
        using ZstdBlockDecompressor decompressor = new();
        byte[] block = Documentation()[..length], packed = new byte[length + 100], unpacked = new byte[length];
        Assert.Equal(length, decompressor.Decompress(packed.AsSpan(0, engine.Compress(block, packed)), unpacked));
        Assert.Equal(block, unpacked);
    }

    [Fact]
    public void What_is_packed_already_is_given_little_work()
    {
        byte[] noise = new byte[BlockLength], half = MachineCode()[..BlockLength];
        new Random(7).NextBytes(noise);
        Assert.Equal(9, LevelFor(noise));
        // The half that is looked at does not shrink, the rest does.
        noise.AsSpan(BlockLength / 4, BlockLength / 2).CopyTo(half.AsSpan(BlockLength / 4));
        Assert.Equal([9, 16], LevelsFor(half));
    }

    [Fact]
    public void The_same_block_is_given_the_same_work_whatever_came_before()
    {
        List<int> used = [];
        using GradedZstdEngine engine = new(BlockLength, setting => new NotingEngine(setting, used));
        byte[] code = MachineCode()[..BlockLength], text = Documentation()[..BlockLength], packed = new byte[BlockLength];
        foreach (byte[] block in new[] { code, text, code, text })
            engine.Compress(block, packed);
        Assert.Equal([16, 9, 16, 9], used);
    }

    [Fact]
    public void Short_blocks_that_hardly_shrink_come_out_the_same_from_a_new_engine_and_a_used_one()
    {
        using GradedZstdEngine used = new(BlockLength, setting => new ManagedZstdEngine(setting));
        used.Compress(MachineCode().AsSpan(0, BlockLength), new byte[BlockLength]);
        Random random = new(11);
        for (int round = 0; round < 400; round++)
        {
            byte[] block = new byte[random.Next(20, 1200)], expected = new byte[block.Length], packed = new byte[block.Length];
            // Noise with a repetition here and there, so that it shrinks by a few bytes or not at all.
            random.NextBytes(block);
            for (int copies = random.Next(4); copies > 0; copies--)
                block.AsSpan(0, random.Next(4, 9)).CopyTo(block.AsSpan(random.Next(9, block.Length - 9)));
            using GradedZstdEngine fresh = new(BlockLength, setting => new ManagedZstdEngine(setting));
            int length = fresh.Compress(block, expected.AsSpan(0, block.Length - 1));
            Assert.Equal(length, used.Compress(block, packed.AsSpan(0, block.Length - 1)));
            Assert.Equal(expected[..length], packed[..length]);
        }
    }

    /// <summary>On text and machine code in equal parts, which is more text than a root has. What it takes on a root is for bench/ to tell.</summary>
    [Theory]
    [InlineData(128 << 10)]
    [InlineData(256 << 10)]
    public void The_sizes_are_those_of_the_level(int blockLength)
    {
        byte[] content = [.. MachineCode(), .. Documentation()];
        using GradedZstdEngine graded = new(blockLength, setting => new ManagedZstdEngine(setting));
        using ManagedZstdEngine level = new(new ZstdSetting(15));
        Assert.InRange((double)PackedLength(graded, content, blockLength) / PackedLength(level, content, blockLength), 0.98, 1.02);
    }

    /// <summary>Blocks over 256 KiB: the library itself takes these levels lightly there.</summary>
    [Fact]
    public void Large_blocks_are_not_graded()
    {
        byte[] text = Documentation(), packed = new byte[text.Length], expected = new byte[text.Length];
        using IBlockCompressor compressor = new ThirdPartyCodecs(native: false).Zstd.CreateCompressor(15, 1 << 20);
        using ManagedZstdEngine plain = new(new ZstdSetting(15, SearchLog: 3, TargetLength: 32));
        int length = compressor.Compress(text, packed);
        Assert.Equal(expected[..plain.Compress(text, expected)], packed[..length]);
    }

    private static int LevelFor(byte[] block) => Assert.Single(LevelsFor(block));

    private static List<int> LevelsFor(byte[] block)
    {
        List<int> used = [];
        using GradedZstdEngine engine = new(BlockLength, setting => new NotingEngine(setting, used));
        engine.Compress(block, new byte[block.Length]);
        return used;
    }

    private static long PackedLength(IZstdEngine engine, byte[] content, int blockLength)
    {
        byte[] packed = new byte[blockLength];
        return content.Chunk(blockLength).Sum(block => engine.Compress(block, packed) is > 0 and int length ? length : block.Length);
    }

    /// <summary>The C library that the module carries for arm64 is machine code on every host.</summary>
    private static byte[] MachineCode() =>
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-arm64", "native", "libzstd.so"));

    private static byte[] Documentation() => File.ReadAllBytes(Path.ChangeExtension(typeof(IBlockCodec).Assembly.Location, ".xml"));

    /// <summary>Three bytes, one of them as frequent as the two others: a bit and a half each.</summary>
    private static byte[] Numbers(int first)
    {
        Random random = new(5);
        byte[] numbers = new byte[BlockLength];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = (byte)(first + (random.Next(2) * random.Next(1, 3)));
        return numbers;
    }

    /// <summary>Compresses as it should, and notes the level of what is asked to do the work.</summary>
    private sealed class NotingEngine(ZstdSetting setting, List<int> used) : IZstdEngine
    {
        private readonly ManagedZstdEngine _engine = new(setting);

        public int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
        {
            if (setting.Level > 1)
                used.Add(setting.Level);
            return _engine.Compress(source, destination);
        }

        public void Dispose() => _engine.Dispose();
    }
}
