using RpiLive.Core.SquashFs;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;

namespace RpiLive.Tests.SquashFs;

/// <summary>Alone, since what is measured counts for the whole process.</summary>
[CollectionDefinition(nameof(SquashFsMemoryTests), DisableParallelization = true)]
[Collection(nameof(SquashFsMemoryTests))]
public sealed class SquashFsMemoryTests
{
    [Fact]
    public void Memory_stays_bounded()
    {
        DirectoryNode root = SampleTree.Directory();
        for (int i = 0; i < 20; i++)
            root.Children.Add($"{i}", SampleTree.File(new GeneratedContent(20 << 20, i)));
        GC.Collect();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        SquashFsSummary summary = SquashFsWriter.Write(root, new NullTarget(), Images.Fast, null, TestContext.Current.CancellationToken);
        Assert.Equal(400L << 20, summary.FileBytes);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 60L << 20);
    }

    private sealed class NullTarget : RandomAccessTarget
    {
        public override string Name => "null";

        public override void Write(long offset, ReadOnlySpan<byte> bytes)
        {
        }
    }

    private sealed class GeneratedContent(int length, int seed) : FileContent
    {
        public override long Length => length;

        public override void Read(long offset, Span<byte> buffer) => buffer.Fill((byte)(1 + seed + (offset >> 17)));
    }
}
