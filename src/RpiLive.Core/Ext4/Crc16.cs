namespace RpiLive.Core.Ext4;

/// <summary>CRC-16 with the reflected polynomial 0xA001, as uninit_bg (gdt_csum) uses it for group descriptors.</summary>
internal static class Crc16
{
    private static readonly ushort[] s_table = MakeTable();

    /// <summary>Carries <paramref name="crc"/> over <paramref name="bytes"/>.</summary>
    public static ushort Update(ushort crc, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
            crc = (ushort)((crc >> 8) ^ s_table[(byte)(crc ^ value)]);
        return crc;
    }

    private static ushort[] MakeTable()
    {
        ushort[] table = new ushort[256];
        for (int i = 0; i < table.Length; i++)
        {
            int crc = i;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xA001 : crc >> 1;
            table[i] = (ushort)crc;
        }
        return table;
    }
}
