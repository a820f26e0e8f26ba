namespace RpiLive.Core.Ext4;

/// <summary>
/// CRC-32 with polynomial 0x04C11DB7, most significant bit first: the transaction checksum of jbd2's <c>checksum</c> feature.
/// </summary>
internal static class Crc32BigEndian
{
    private static readonly uint[] s_table = MakeTable();

    /// <summary>Carries <paramref name="crc"/> over <paramref name="bytes"/>.</summary>
    public static uint Update(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
            crc = (crc << 8) ^ s_table[(byte)((crc >> 24) ^ value)];
        return crc;
    }

    private static uint[] MakeTable()
    {
        uint[] table = new uint[256];
        for (int i = 0; i < table.Length; i++)
        {
            uint crc = (uint)i << 24;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 0x80000000) != 0 ? (crc << 1) ^ 0x04C11DB7 : crc << 1;
            table[i] = crc;
        }
        return table;
    }
}
