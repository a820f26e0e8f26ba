using System.Diagnostics;
using RpiLive.Core.Compression;
using RpiLive.Core.Errors;
using RpiLive.Core.SquashFs;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;

namespace RpiLive.Tests.SquashFs;

/// <summary>Nothing that goes wrong on any of the threads may hang, get lost or change its face.</summary>
public sealed class SquashFsPipelineTests
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(37)]
    public void An_error_of_the_target_reaches_the_caller(int writes)
    {
        FailingTarget target = new(writes);
        InvalidTimeZoneException e = Fails<InvalidTimeZoneException>(() =>
            SquashFsWriter.Write(Large(), target, Images.Fast with { BlockSize = 1 << 20 }, null, TestContext.Current.CancellationToken));
        Assert.Same(target.Error, e);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    public void An_error_of_a_content_reaches_the_caller(int reads)
    {
        DirectoryNode root = Large();
        ImageException error = ImageException.Corrupt("Ext4", "source", "test");
        int count = 0;
        root.Children.Add("m", SampleTree.File(new CountingContent(SampleTree.Noise(100 << 17), () =>
        {
            if (count++ == reads)
                throw error;
        })));
        Assert.Same(error, Fails<ImageException>(() => Images.Write(root)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public void An_error_of_a_compressor_reaches_the_caller(int blocks)
    {
        InvalidTimeZoneException error = new("No codec.");
        TestCodec codec = new(() =>
        {
            if (Interlocked.Decrement(ref blocks) < 0)
                throw error;
        });
        Assert.Same(error, Fails<InvalidTimeZoneException>(() => Images.Write(Large(), Images.Fast with { Codec = codec })));
    }

    [Fact]
    public void Cancelling_beforehand_stops_at_once()
    {
        using CancellationTokenSource cancellation = new();
        cancellation.Cancel();
        OperationCanceledException e = Fails<OperationCanceledException>(() =>
            SquashFsWriter.Write(Large(), new MemoryTarget(), Images.Fast, null, cancellation.Token));
        Assert.Equal(cancellation.Token, e.CancellationToken);
    }

    [Fact]
    public void Cancelling_does_not_wait_for_blocks_that_are_being_compressed()
    {
        using CancellationTokenSource cancellation = new(TimeSpan.FromSeconds(0.5));
        Stopwatch watch = Stopwatch.StartNew();
        OperationCanceledException e = Fails<OperationCanceledException>(() => SquashFsWriter.Write(
            Large(), new MemoryTarget(), Images.Fast with { Codec = new TestCodec(() => Thread.Sleep(s_longest)) }, null, cancellation.Token));
        Assert.Equal(cancellation.Token, e.CancellationToken);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0.4, 10);
    }

    [Fact]
    public void Cancelling_in_the_midst_of_a_giant_hole_stops()
    {
        DirectoryNode root = SampleTree.Directory();
        using CancellationTokenSource cancellation = new();
        root.Children.Add("hole", SampleTree.File(new CancellingHole(cancellation)));
        Fails<OperationCanceledException>(() => SquashFsWriter.Write(
            root, new MemoryTarget(), Images.Fast with { BlockSize = 4096 }, null, cancellation.Token));
    }

    private static DirectoryNode Large()
    {
        DirectoryNode root = SampleTree.Directory();
        for (int i = 0; i < 60; i++)
            root.Children.Add($"{i:D2}", SampleTree.File(SampleTree.Noise(1 << 20, i)));
        return root;
    }

    /// <summary>Fails the test when the writer hangs.</summary>
    private static T Fails<T>(Action write)
        where T : Exception
    {
        Exception? error = null;
        Thread thread = new(() => error = Record.Exception(write)) { IsBackground = true };
        thread.Start();
        Assert.True(thread.Join(s_longest), "The writer hangs.");
        return Assert.IsType<T>(error, exactMatch: false);
    }

    private sealed class FailingTarget(int writes) : RandomAccessTarget
    {
        private int _left = writes;

        public InvalidTimeZoneException Error { get; } = new("No room.");

        public override string Name => "failing";

        public override void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            if (_left-- == 0)
                throw Error;
        }
    }

    private sealed class TestCodec(Action onBlock) : IBlockCodec
    {
        public string Name => "zstd";

        public int MinLevel => 1;

        public int MaxLevel => 22;

        public int DefaultLevel => 15;

        public IBlockCompressor CreateCompressor(int level, int maxBlockLength) => new Compressor(onBlock);

        public IBlockDecompressor CreateDecompressor() => throw new NotSupportedException();

        private sealed class Compressor(Action onBlock) : IBlockCompressor
        {
            public int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
            {
                onBlock();
                return 0;
            }

            public void Dispose()
            {
            }
        }
    }

    private sealed class CancellingHole(CancellationTokenSource cancellation) : FileContent
    {
        private int _left = 100;

        public override long Length => 256L << 30;

        public override bool IsHole(long offset, long length)
        {
            if (_left-- == 0)
                cancellation.Cancel();
            // One after another, however many are asked for.
            return length <= 4096;
        }

        public override void Read(long offset, Span<byte> buffer) => throw new InvalidTimeZoneException("A hole is not to be read.");
    }
}
