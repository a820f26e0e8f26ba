namespace RpiLive.Core.Ext4;

/// <summary>
/// A block without its longest run of zeros. Directories are mostly one name or two, then zeros, then a checksum: this way
/// those of a whole system take a few megabytes.
/// </summary>
internal readonly struct SqueezedBlock
{
    private readonly byte[] _bytes;
    private readonly int _zerosFrom;
    private readonly int _zeros;

    /// <summary>Keeps a copy of <paramref name="block"/>.</summary>
    public SqueezedBlock(ReadOnlySpan<byte> block)
    {
        for (int at = 0; at < block.Length;)
        {
            int start = block[at..].IndexOf((byte)0);
            if (start < 0)
                break;
            start += at;
            int length = block[start..].IndexOfAnyExcept((byte)0);
            if (length < 0)
                length = block.Length - start;
            if (length > _zeros)
                (_zerosFrom, _zeros) = (start, length);
            at = start + length;
        }
        _bytes = [.. block[.._zerosFrom], .. block[(_zerosFrom + _zeros)..]];
    }

    /// <summary>Gives the bytes from <paramref name="start"/> on, as many as <paramref name="buffer"/> takes.</summary>
    public void CopyTo(int start, Span<byte> buffer)
    {
        int before = Math.Clamp(_zerosFrom - start, 0, buffer.Length);
        int zeros = Math.Clamp(_zerosFrom + _zeros - start - before, 0, buffer.Length - before);
        int after = before + zeros;
        if (before > 0)
            _bytes.AsSpan(start, before).CopyTo(buffer);
        buffer[before..after].Clear();
        if (after < buffer.Length)
            _bytes.AsSpan(start + after - _zeros, buffer.Length - after).CopyTo(buffer[after..]);
    }
}
