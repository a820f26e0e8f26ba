using RpiLive.Core.Errors;
using RpiLive.Core.Packed;
using RpiLive.Tests.Xz;

namespace RpiLive.Tests.Packed;

public sealed class PackedSourceTests
{
    private const long MiB = 1 << 20;

    [Theory]
    [InlineData("--block-size=700000 -1", 2, 0)]
    [InlineData("--block-size=1048576 -1", 1, 64 * MiB)]
    [InlineData("--block-size=3000000 -1", 3, 0)]
    [InlineData("--block-size=5000 -1", 2, 0)]
    [InlineData("-1", 2, 0)]
    public void Random_reads_give_the_content(string options, int threads, long cacheBytes)
    {
        byte[] content = XzTool.Content(8_000_000);
        using PackedSource source = new(XzTool.Open(XzTool.Pack(content, options)), threads, cacheBytes);
        Assert.Equal(content.Length, source.Length);
        Random random = new(1);
        byte[] buffer = new byte[300_000];
        for (int i = 0; i < 150; i++)
        {
            int offset = random.Next(content.Length + 10), wanted = random.Next(i % 3 == 0 ? buffer.Length : 5000);
            int count = source.Read(offset, buffer.AsSpan(0, wanted));
            Assert.Equal(Math.Clamp(content.Length - offset, 0, wanted), count);
            Assert.True(buffer.AsSpan(0, count).SequenceEqual(content.AsSpan(Math.Min(offset, content.Length), count)), $"Read {i} at {offset} differs.");
        }
        Assert.Equal(0, source.Read(content.Length, buffer));
    }

    [Theory]
    [InlineData(1, 0, 65536, new[] { 3 * MiB, 1, 5000, 40 * MiB, MiB, 7 })]
    [InlineData(2, 0, 1000, new[] { 9 * MiB, 9 * MiB, 2 * MiB })]
    [InlineData(2, 64 * MiB, 65536, new[] { 6 * MiB, 6 * MiB, 6 * MiB, 6 * MiB, 6 * MiB, 6 * MiB, 6 * MiB, 3 * MiB })]
    [InlineData(4, 30 * MiB, 5_000_000, new[] { 8 * MiB, 8 * MiB, 8 * MiB, 8 * MiB, 8 * MiB, 8 * MiB, 1 })]
    [InlineData(3, 8 * MiB, 100_000, new[] { 100 * MiB })]
    public void Reading_from_start_to_end_unpacks_each_block_once(int threads, long cacheBytes, int step, long[] lengths)
    {
        FakeBlocks blocks = new(lengths);
        using PackedSource source = new(blocks, threads, cacheBytes);
        byte[] buffer = new byte[step];
        long offset = 0;
        for (int count; (count = source.Read(offset, buffer)) > 0; offset += count)
            FakeBlocks.AssertContent(offset, buffer.AsSpan(0, count));
        Assert.Equal(blocks.Length, offset);
        Assert.Equal(lengths.Length, source.BlocksUnpacked);
        Assert.Equal(blocks.Length, source.BytesUnpacked);
        Assert.InRange(blocks.MostOpen, 1, threads + 1);
    }

    [Fact]
    public void The_rest_is_verified_once_and_only_the_rest()
    {
        // Too small for anything to be unpacked ahead.
        const int Length = (int)MiB / 2;
        FakeBlocks damaged = new(Enumerable.Repeat((long)Length, 8))
        {
            Failure = (index, _) => index == 6 ? ImageException.Corrupt("Fake", "fake", "block 6") : null,
        };
        using PackedSource source = new(damaged, 2, 0);
        source.ReadExactly(Length, new byte[Length]);
        Assert.Equal("CorruptFake", Assert.Throws<ImageException>(() => source.VerifyRest(TestContext.Current.CancellationToken)).ErrorId);

        FakeBlocks sound = new(Enumerable.Repeat((long)Length, 8));
        using PackedSource other = new(sound, 2, 0);
        other.ReadExactly(Length, new byte[Length]);
        other.VerifyRest(TestContext.Current.CancellationToken);
        Assert.Equal((8, 8L * Length), (other.BlocksUnpacked, other.BytesUnpacked));
        other.VerifyRest(TestContext.Current.CancellationToken);
        Assert.Equal(8, other.BlocksUnpacked);
    }

    [Fact]
    public void Very_many_tiny_blocks_are_read_once()
    {
        FakeBlocks blocks = new(Enumerable.Range(0, 30_000).Select(i => (long)(i % 97) + 1));
        using PackedSource source = new(blocks, 2, 0);
        byte[] buffer = new byte[10_000];
        long offset = 0;
        for (int count; (count = source.Read(offset, buffer)) > 0; offset += count)
            FakeBlocks.AssertContent(offset, buffer.AsSpan(0, count));
        Assert.Equal(30_000, source.BlocksUnpacked);
    }

    [Fact]
    public void A_reader_that_follows_another_finds_what_that_one_read()
    {
        FakeBlocks blocks = new(Enumerable.Repeat(8 * MiB, 10));
        using PackedSource source = new(blocks, 2, 40 * MiB);
        byte[] buffer = new byte[MiB / 4];
        for (long offset = 0; offset < blocks.Length + (9 * MiB); offset += buffer.Length)
        {
            if (offset < blocks.Length)
                source.ReadExactly(offset, buffer);
            if (offset < 9 * MiB)
                continue;
            source.ReadExactly(offset - (9 * MiB), buffer);
            FakeBlocks.AssertContent(offset - (9 * MiB), buffer);
        }
        Assert.Equal(blocks.Length, source.BytesUnpacked);
    }

    [Fact]
    public void Going_on_inside_a_block_does_not_begin_it_again_and_going_back_does()
    {
        using PackedSource source = new(new FakeBlocks(50 * MiB), 1, 0);
        byte[] buffer = new byte[10];
        foreach (long offset in (long[])[5 * MiB, 15 * MiB, 25 * MiB, 49 * MiB])
            source.ReadExactly(offset, buffer);
        Assert.Equal(1, source.BlocksUnpacked);
        Assert.Equal(50 * MiB, source.BytesUnpacked);
        source.ReadExactly(2 * MiB, buffer);
        FakeBlocks.AssertContent(2 * MiB, buffer);
        Assert.Equal(2, source.BlocksUnpacked);
        Assert.Equal(53 * MiB, source.BytesUnpacked);
    }

    [Fact]
    public void What_was_asked_for_is_kept_longer_than_what_was_passed_over()
    {
        using PackedSource source = new(new FakeBlocks(Enumerable.Repeat(20 * MiB, 3)), 1, 0);
        byte[] buffer = new byte[10];
        foreach (long offset in (long[])[3 * MiB, 35 * MiB, 58 * MiB])
            source.ReadExactly(offset, buffer);
        long unpacked = source.BytesUnpacked;
        foreach (long offset in (long[])[3 * MiB, 35 * MiB, 58 * MiB])
            source.ReadExactly(offset, buffer);
        Assert.Equal(unpacked, source.BytesUnpacked);
    }

    [Fact]
    public void What_another_reader_waits_for_is_not_passed_over()
    {
        PackedSource? source = null;
        Thread other = new(() => source!.ReadExactly(20 * MiB, new byte[10])) { IsBackground = true };
        FakeBlocks blocks = new(50 * MiB)
        {
            Failure = (_, position) =>
            {
                if (position >= 3 * MiB && other.ThreadState.HasFlag(ThreadState.Unstarted))
                {
                    other.Start();
                    Assert.True(SpinWait.SpinUntil(() => other.ThreadState.HasFlag(ThreadState.WaitSleepJoin), TimeSpan.FromMinutes(1)));
                }
                return null;
            },
        };
        using (source = new PackedSource(blocks, 1, 0))
        {
            source.ReadExactly(45 * MiB, new byte[10]);
            other.Join();
            Assert.Equal(1, source.BlocksUnpacked);
        }
    }

    [Fact]
    public void A_smaller_cache_keeps_less()
    {
        FakeBlocks blocks = new(Enumerable.Repeat(2 * MiB, 20));
        using PackedSource source = new(blocks, 1, 100 * MiB);
        byte[] all = new byte[blocks.Length];
        source.ReadExactly(0, all);
        source.ReadExactly(0, all);
        Assert.Equal(blocks.Length, source.BytesUnpacked);
        source.CacheBytes = 0;
        Assert.Equal(5 * MiB, source.CacheBytes);
        source.ReadExactly(0, all);
        FakeBlocks.AssertContent(0, all);
        Assert.InRange(source.BytesUnpacked, (2 * blocks.Length) - (5 * MiB), 2 * blocks.Length);
    }

    [Fact]
    public void A_damaged_block_fails_every_read_that_needs_it_and_no_other()
    {
        const long Bad = (3 * 4 * MiB) + (5 * MiB / 2);
        FakeBlocks blocks = new(Enumerable.Repeat(4 * MiB, 8))
        {
            Failure = (index, end) => index == 3 && end > Bad ? ImageException.Corrupt("Xz", "fake", "damaged") : null,
        };
        using PackedSource source = new(blocks, 2, 64 * MiB);
        byte[] buffer = new byte[MiB / 2];
        for (int round = 0; round < 3; round++)
        {
            for (long offset = 0; offset < source.Length; offset += buffer.Length)
            {
                // From the piece on in which the damage lies, to the end of the block.
                if (offset is >= 14 * MiB and < 16 * MiB)
                {
                    Assert.Equal("CorruptXz", Assert.Throws<ImageException>(() => source.Read(offset, buffer)).ErrorId);
                }
                else
                {
                    source.ReadExactly(offset, buffer);
                    FakeBlocks.AssertContent(offset, buffer);
                }
            }
        }
    }

    [Fact]
    public void What_the_host_could_not_read_is_tried_again()
    {
        int failures = 1;
        FakeBlocks blocks = new(4 * MiB)
        {
            Failure = (_, _) => Interlocked.Decrement(ref failures) >= 0
                ? new(ErrorIds.ImageUnreadable, ImageErrorKind.Unreadable, "no.", "Wait.") : null,
        };
        using PackedSource source = new(blocks, 1, 0);
        byte[] buffer = new byte[100];
        Assert.Throws<ImageException>(() => source.Read(0, buffer));
        source.ReadExactly(0, buffer);
        FakeBlocks.AssertContent(0, buffer);
    }

    [Fact]
    public async Task Many_readers_at_once_all_get_the_content()
    {
        FakeBlocks blocks = new(Enumerable.Range(1, 40).Select(i => i * MiB / 8));
        using (PackedSource source = new(blocks, 2, 12 * MiB))
        {
            Task[] readers = [.. Enumerable.Range(0, 8).Select(seed => Task.Factory.StartNew(() => ReadAround(source, seed), TaskCreationOptions.LongRunning))];
            await Task.WhenAll(readers);
            Assert.InRange(blocks.MostOpen, 1, 3);
        }
        Assert.Equal(0, blocks.OpenCount);
    }

    [Fact]
    public void Disposal_ends_the_work_in_the_background_and_closes_everything()
    {
        for (int round = 0; round < 20; round++)
        {
            FakeBlocks blocks = new(Enumerable.Repeat(6 * MiB, 30));
            using (PackedSource source = new(blocks, 3, 100 * MiB))
                source.ReadExactly(0, new byte[2 * MiB]);
            Assert.Equal(0, blocks.OpenCount);
            Assert.True(blocks.IsDisposed);
        }
    }

    [Fact]
    public void A_bomb_costs_only_what_is_read()
    {
        byte[] one = XzTool.Pack(new byte[16 * MiB], "-0");
        byte[] bomb = [.. Enumerable.Repeat(one, 2000).SelectMany(bytes => bytes)];
        using PackedSource source = new(XzTool.Open(bomb), 1, 0);
        Assert.Equal(2000 * 16 * MiB, source.Length);
        byte[] buffer = new byte[1000];
        foreach (long offset in (long[])[0, 31_000 * MiB, 20_000 * MiB, source.Length - 1000])
        {
            buffer.AsSpan().Fill(1);
            source.ReadExactly(offset, buffer);
            Assert.Equal(new byte[1000], buffer);
        }
        Assert.InRange(source.BytesUnpacked, 4 * 1000, 4 * 16 * MiB);
    }

    [Fact]
    public void An_empty_image_has_nothing_to_read()
    {
        using PackedSource source = new(XzTool.Open(XzTool.Pack([])), 1, 0);
        Assert.Equal(0, source.Length);
        Assert.Equal(0, source.Read(0, new byte[10]));
    }

    private static void ReadAround(PackedSource source, int seed)
    {
        Random random = new(seed);
        byte[] buffer = new byte[200_000];
        for (int round = 0; round < 20; round++)
        {
            long offset = random.NextInt64(source.Length);
            for (int reads = random.Next(1, 30); reads > 0 && offset < source.Length; reads--)
            {
                int count = source.Read(offset, buffer.AsSpan(0, random.Next(1, buffer.Length)));
                FakeBlocks.AssertContent(offset, buffer.AsSpan(0, count));
                offset += count;
            }
        }
    }
}
