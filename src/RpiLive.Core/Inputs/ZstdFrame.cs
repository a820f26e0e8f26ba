namespace RpiLive.Core.Inputs;

/// <summary>One frame of a .zst file (RFC 8878, section 3.1).</summary>
/// <param name="Offset">First byte in the file.</param>
/// <param name="Length">Size in the file in bytes.</param>
/// <param name="WindowLength">Memory that its content refers back into, in bytes; 0 for a skippable frame.</param>
/// <param name="ContentLength">Unpacked size in bytes; null where the frame does not tell.</param>
/// <param name="IsSkippable">True for a frame without content.</param>
internal readonly record struct ZstdFrame(long Offset, long Length, long WindowLength, long? ContentLength, bool IsSkippable)
{
    /// <summary>What a frame with content starts with.</summary>
    public const uint Magic = 0xFD2FB528;

    /// <summary>What a skippable frame starts with, but for the last four bits, which are free.</summary>
    public const uint SkippableMagic = 0x184D2A50;

    /// <summary>True for the start of a frame of either kind.</summary>
    public static bool IsMagic(uint value) => value == Magic || IsSkippableMagic(value);

    /// <summary>True for the start of a skippable frame.</summary>
    public static bool IsSkippableMagic(uint value) => (value & ~0xFu) == SkippableMagic;
}
