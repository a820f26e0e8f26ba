namespace RpiLive.Core.Streams;

/// <summary>Makes a range of an image hold wanted bytes, writing only where it does not hold them yet, so that holes stay holes.</summary>
internal static class SparseCopy
{
    private const int ChunkSize = 1 << 20;
    private const int BlockSize = 4096;

    /// <summary>Writes what differs, in blocks of 4 KiB.</summary>
    /// <param name="wanted">What the range shall hold; null for zeros.</param>
    /// <param name="present">What it holds.</param>
    /// <param name="target">The range, for writing.</param>
    /// <param name="length">Bytes of the range.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static void Run(RandomAccessSource? wanted, RandomAccessSource present, RandomAccessTarget target, long length, CancellationToken cancellation)
    {
        byte[] right = new byte[Math.Min(ChunkSize, length)], found = new byte[right.Length];
        for (long offset = 0; offset < length; offset += ChunkSize)
        {
            cancellation.ThrowIfCancellationRequested();
            int size = (int)Math.Min(ChunkSize, length - offset);
            wanted?.ReadExactly(offset, right.AsSpan(0, size));
            present.ReadExactly(offset, found.AsSpan(0, size));
            int start = 0;
            for (int at = 0; at < size; at += BlockSize)
            {
                int end = Math.Min(at + BlockSize, size);
                if (!right.AsSpan(at..end).SequenceEqual(found.AsSpan(at..end)))
                    continue;
                Write(start, at);
                start = end;
            }
            Write(start, size);

            void Write(int from, int to)
            {
                if (from < to)
                    target.Write(offset + from, right.AsSpan(from, to - from));
            }
        }
    }
}
