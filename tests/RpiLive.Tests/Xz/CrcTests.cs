using System.Text;
using RpiLive.Core.Checksums;
using RpiLive.Core.Xz;

namespace RpiLive.Tests.Xz;

public sealed class CrcTests
{
    // The check values of CRC-32/ISO-HDLC and CRC-64/XZ: what "123456789" gives.
    private static readonly byte[] s_digits = Encoding.ASCII.GetBytes("123456789");

    [Fact]
    public void The_check_values_come_out()
    {
        Assert.Equal(0xCBF43926u, Crc32.Compute(s_digits));
        Assert.Equal(0x995DC9BBDF1939FAul, Crc64.Update(0, s_digits));
    }

    [Fact]
    public void Any_length_and_any_cut_give_what_single_bytes_give()
    {
        byte[] bytes = XzTool.Content(700);
        for (int length = 0; length < bytes.Length; length += 3)
        {
            uint crc32 = 0;
            ulong crc64 = 0;
            foreach (byte value in bytes.AsSpan(0, length))
            {
                crc32 = Crc32.Update(crc32, [value]);
                crc64 = Crc64.Update(crc64, [value]);
            }
            int cut = length / 3;
            Assert.Equal(crc32, Crc32.Update(Crc32.Update(0, bytes.AsSpan(0, cut)), bytes.AsSpan(cut, length - cut)));
            Assert.Equal(crc64, Crc64.Update(Crc64.Update(0, bytes.AsSpan(0, cut)), bytes.AsSpan(cut, length - cut)));
            Assert.Equal(crc64, ~Crc64.UpdateByTables(ulong.MaxValue, bytes.AsSpan(0, length)));
        }
    }
}
