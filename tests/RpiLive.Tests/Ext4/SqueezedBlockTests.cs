using RpiLive.Core.Ext4;

namespace RpiLive.Tests.Ext4;

public sealed class SqueezedBlockTests
{
    [Fact]
    public void Every_part_of_a_block_comes_back()
    {
        byte[][] blocks =
        [
            new byte[32], [.. Enumerable.Repeat((byte)7, 32)], [.. new byte[20], 1, 2, 3, .. new byte[9]], [1, 2, .. new byte[26], 3, 4, 5, 6],
            [1, 0, 2, 0, 0, 3, .. new byte[10], 4, .. new byte[15]], [0, .. Enumerable.Repeat((byte)1, 30), 0],
        ];
        foreach (byte[] block in blocks)
        {
            SqueezedBlock squeezed = new(block);
            for (int start = 0; start <= block.Length; start++)
            {
                for (int end = start; end <= block.Length; end++)
                {
                    byte[] part = [.. Enumerable.Repeat((byte)0xEE, end - start)];
                    squeezed.CopyTo(start, part);
                    Assert.Equal(block[start..end], part);
                }
            }
        }
    }
}
