using System.Security.Cryptography;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;

namespace RpiLive.Tests.Streams;

public sealed class SourceSweepTests
{
    private const long Lead = 16 << 20;
    private const long Piece = 1 << 20;

    [Fact]
    public void A_sweep_keeps_close_to_the_reader_until_it_is_released()
    {
        using Zeros source = new(64 << 20);
        using SourceSweep sweep = new(source, TestContext.Current.CancellationToken);
        sweep.Start();
        AssertStopsAt(source, Lead);
        sweep.Followed.Read(30 << 20, new byte[10]);
        AssertStopsAt(source, (30 << 20) + Lead);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(new byte[64 << 20])), sweep.Finish());
    }

    [Fact]
    public void Disposal_ends_a_sweep_that_waits()
    {
        using Zeros source = new(64 << 20);
        using (SourceSweep sweep = new(source, TestContext.Current.CancellationToken))
        {
            sweep.Start();
            AssertStopsAt(source, Lead);
        }
        Assert.True(source.End < source.Length);
    }

    [Fact]
    public void An_error_of_the_source_comes_out_at_the_end()
    {
        using Zeros source = new(4 << 20) { FailsAt = 3 << 20 };
        using SourceSweep sweep = new(source, TestContext.Current.CancellationToken);
        sweep.Start();
        Assert.Equal("CorruptTest", Assert.Throws<ImageException>(() => sweep.Finish()).ErrorId);
    }

    private static void AssertStopsAt(Zeros source, long position)
    {
        Assert.True(SpinWait.SpinUntil(() => source.End >= position, TimeSpan.FromSeconds(30)));
        Thread.Sleep(60);
        Assert.InRange(source.End, position, position + Piece);
    }

    private sealed class Zeros(long length) : RandomAccessSource
    {
        private long _end;

        /// <summary>The end of what a sweep has read.</summary>
        public long End => Volatile.Read(ref _end);

        public long FailsAt { get; init; } = long.MaxValue;

        public override string Name => "zeros";

        public override long Length => length;

        public override int Read(long offset, Span<byte> buffer)
        {
            if (offset >= FailsAt)
                throw ImageException.Corrupt("Test", Name, "damaged");
            buffer.Clear();
            if (buffer.Length == Piece)
                Volatile.Write(ref _end, offset + buffer.Length);
            return buffer.Length;
        }
    }
}
