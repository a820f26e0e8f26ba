using System.Buffers;

namespace RpiLive.Core.Streams;

/// <summary>Reads a source from start to end.</summary>
internal static class SourcePieces
{
    private const int PieceLength = 1 << 20;

    /// <summary>Reads everything, in pieces of 1 MiB.</summary>
    /// <param name="source">The source.</param>
    /// <param name="take">Gets each piece; null to read only.</param>
    /// <param name="done">Called with the number of bytes read so far; may be null.</param>
    /// <param name="cancellation">Stops the work between pieces.</param>
    public static void Read(RandomAccessSource source, Action<ReadOnlySpan<byte>>? take, Action<long>? done, CancellationToken cancellation)
    {
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceLength);
        try
        {
            for (long offset = 0; offset < source.Length;)
            {
                cancellation.ThrowIfCancellationRequested();
                Span<byte> part = piece.AsSpan(0, (int)Math.Min(PieceLength, source.Length - offset));
                source.ReadExactly(offset, part);
                take?.Invoke(part);
                offset += part.Length;
                done?.Invoke(offset);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }
}
