using RpiLive.Core.Tree;

namespace RpiLive.Core.Ext4.Making;

/// <summary>Finds the blocks of a file that are not known to be holes.</summary>
internal static class DataRanges
{
    /// <summary>Lists them as ranges of blocks of the file, in order.</summary>
    /// <param name="content">The file.</param>
    /// <param name="limit">The search ends once more blocks than this are found.</param>
    /// <param name="cancellation">Ends the search.</param>
    public static List<BlockRange> Find(FileContent content, long limit, CancellationToken cancellation)
    {
        List<BlockRange> ranges = [];
        long count = 0;
        Search(0, (content.Length + Ext4Layout.BlockSize - 1) / Ext4Layout.BlockSize);
        return ranges;

        void Search(long first, long end)
        {
            cancellation.ThrowIfCancellationRequested();
            long offset = first * Ext4Layout.BlockSize;
            if (first == end || count > limit || content.IsHole(offset, Math.Min(end * Ext4Layout.BlockSize, content.Length) - offset))
                return;
            if (end - first > 1)
            {
                long middle = first + ((end - first) / 2);
                Search(first, middle);
                Search(middle, end);
                return;
            }
            count++;
            if (ranges.Count > 0 && ranges[^1].End == first)
                ranges[^1] = ranges[^1] with { Length = ranges[^1].Length + 1 };
            else
                ranges.Add(new BlockRange(first, 1));
        }
    }
}
