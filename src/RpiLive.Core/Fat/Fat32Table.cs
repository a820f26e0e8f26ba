namespace RpiLive.Core.Fat;

/// <summary>Entries of the tables of FAT32 (Microsoft FAT specification 1.03, "FAT Data Structure").</summary>
internal static class Fat32Table
{
    public const int EntrySize = sizeof(uint);

    /// <summary>The bits that count; the others are kept as they are.</summary>
    public const uint EntryMask = 0x0FFFFFFF;

    public const uint EndOfChain = 0x0FFFFFFF;

    public const uint Bad = 0x0FFFFFF7;
}
