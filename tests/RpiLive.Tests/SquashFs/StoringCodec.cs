using RpiLive.Core.Compression;

namespace RpiLive.Tests.SquashFs;

/// <summary>Compresses nothing, so that images hold their structures in the clear; readers need no other codec than zstd's.</summary>
internal sealed class StoringCodec : IBlockCodec
{
    public string Name => "zstd";

    public int MinLevel => 1;

    public int MaxLevel => 22;

    public int DefaultLevel => 15;

    public IBlockCompressor CreateCompressor(int level, int maxBlockLength) => new Compressor();

    public IBlockDecompressor CreateDecompressor() => throw new NotSupportedException();

    private sealed class Compressor : IBlockCompressor
    {
        public int Compress(ReadOnlySpan<byte> source, Span<byte> destination) => 0;

        public void Dispose()
        {
        }
    }
}
