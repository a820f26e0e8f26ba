namespace RpiLive.Core.Compression;

/// <summary>A compression method for blocks of known size.</summary>
public interface IBlockCodec
{
    /// <summary>Name as the field's tools say it: <c>gzip</c>, <c>zstd</c>.</summary>
    string Name { get; }

    /// <summary>The lowest level.</summary>
    int MinLevel { get; }

    /// <summary>The highest level.</summary>
    int MaxLevel { get; }

    /// <summary>The level used when none is asked for, as in mksquashfs.</summary>
    int DefaultLevel { get; }

    /// <summary>Makes a compressor for one worker. Same level and input give the same bytes.</summary>
    /// <param name="level"><see cref="MinLevel"/> to <see cref="MaxLevel"/>.</param>
    /// <param name="maxBlockLength">The most bytes a block can have.</param>
    IBlockCompressor CreateCompressor(int level, int maxBlockLength);

    /// <summary>Makes a decompressor for one worker.</summary>
    IBlockDecompressor CreateDecompressor();
}
