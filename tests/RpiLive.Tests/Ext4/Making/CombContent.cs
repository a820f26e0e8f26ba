using System.Buffers.Binary;
using RpiLive.Core.Tree;

namespace RpiLive.Tests.Ext4.Making;

/// <summary>Blocks of 4,096 bytes in turn with holes of that size.</summary>
internal sealed class CombContent(int teeth) : FileContent
{
    private const int BlockSize = 4096;

    public override long Length => ((2L * teeth) - 1) * BlockSize;

    public override bool IsHole(long offset, long length) =>
        offset / BlockSize == (offset + length - 1) / BlockSize && offset / BlockSize % 2 == 1;

    public override void Read(long offset, Span<byte> buffer)
    {
        buffer.Clear();
        byte[] number = new byte[sizeof(int)];
        for (int i = 0; i < buffer.Length; i++)
        {
            long at = offset + i;
            if (at / BlockSize % 2 == 1 || at % BlockSize >= number.Length)
            {
                i += (int)(BlockSize - (at % BlockSize)) - 1;
                continue;
            }
            BinaryPrimitives.WriteInt32LittleEndian(number, (int)(at / BlockSize) + 1);
            buffer[i] = number[at % BlockSize];
        }
    }
}
