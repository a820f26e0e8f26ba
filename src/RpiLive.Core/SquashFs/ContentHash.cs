using System.Buffers.Binary;
using System.Security.Cryptography;

namespace RpiLive.Core.SquashFs;

/// <summary>
/// SHA-256 over the blocks of a file in which a run of zero blocks counts as its length, so that a hole of a terabyte
/// costs nothing. Not the SHA-256 of the content, but like it: equal for equal content only.
/// </summary>
internal sealed class ContentHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _zeroBlocks;

    public void AppendZeroBlocks(long count) => _zeroBlocks += count;

    public void Append(ReadOnlySpan<byte> block)
    {
        FlushZeroBlocks();
        _hash.AppendData(block);
    }

    /// <summary>The key of what was appended; the next file can begin.</summary>
    public ContentKey Finish(long length)
    {
        FlushZeroBlocks();
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        _hash.GetHashAndReset(hash);
        return ContentKey.From(length, hash);
    }

    public void Dispose() => _hash.Dispose();

    /// <summary>The run before each data block goes in even when it is empty: that keeps one reading of the bytes only.</summary>
    private void FlushZeroBlocks()
    {
        Span<byte> run = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(run, _zeroBlocks);
        _hash.AppendData(run);
        _zeroBlocks = 0;
    }
}
