using RpiLive.Core.Streams;

namespace RpiLive.Core.Ext4.Making;

/// <summary>The output in blocks. Blocks of zeros are not written: the target has them already.</summary>
internal sealed class BlockTarget(RandomAccessTarget target)
{
    /// <summary>Writes whole blocks or, at their end, part of one.</summary>
    /// <param name="block">The first block.</param>
    /// <param name="bytes">The bytes.</param>
    public void Write(long block, ReadOnlySpan<byte> bytes)
    {
        int start = 0;
        for (int at = 0; at < bytes.Length; at += Ext4Layout.BlockSize)
        {
            if (bytes[at..Math.Min(at + Ext4Layout.BlockSize, bytes.Length)].ContainsAnyExcept((byte)0))
                continue;
            Flush(block, bytes, start, at);
            start = at + Ext4Layout.BlockSize;
        }
        Flush(block, bytes, start, bytes.Length);
    }

    private void Flush(long block, ReadOnlySpan<byte> bytes, int start, int end)
    {
        if (start < end)
            target.Write((block * Ext4Layout.BlockSize) + start, bytes[start..end]);
    }
}
