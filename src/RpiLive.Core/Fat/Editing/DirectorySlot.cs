namespace RpiLive.Core.Fat.Editing;

/// <summary>A name in a directory and the place of its entries there.</summary>
/// <param name="Entry">What it says.</param>
/// <param name="Start">Byte offset of the first entry, which can be that of a long name.</param>
/// <param name="ShortStart">Byte offset of the short entry, the last one.</param>
internal readonly record struct DirectorySlot(FatDirectoryEntry Entry, int Start, int ShortStart)
{
    /// <summary>Where its entries end.</summary>
    public int End => ShortStart + FatEntry.Size;
}
