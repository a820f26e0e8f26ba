using System.Buffers;
using System.Security.Cryptography;

namespace RpiLive.Core.Streams;

/// <summary>SHA-256 of a whole source.</summary>
public static class SourceHash
{
    private const int PieceLength = 1 << 20;

    /// <summary>Reads the source from start to end and hashes it.</summary>
    /// <param name="source">The source.</param>
    /// <param name="done">Called with the number of bytes hashed so far; may be null.</param>
    /// <param name="cancellation">Stops the work between pieces of 1 MiB.</param>
    /// <returns>Lower-case hex.</returns>
    public static string Sha256(RandomAccessSource source, Action<long>? done, CancellationToken cancellation)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceLength);
        try
        {
            for (long offset = 0; offset < source.Length;)
            {
                cancellation.ThrowIfCancellationRequested();
                Span<byte> part = piece.AsSpan(0, (int)Math.Min(PieceLength, source.Length - offset));
                source.ReadExactly(offset, part);
                hash.AppendData(part);
                offset += part.Length;
                done?.Invoke(offset);
            }
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }
}
