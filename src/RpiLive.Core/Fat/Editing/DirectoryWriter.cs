using RpiLive.Core.Streams;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Fat.Editing;

/// <summary>
/// Changes the entries of directories. Each change becomes true with the writing of one sector of 512 bytes, and is on the disk when the
/// method returns.
/// </summary>
/// <param name="medium">The image.</param>
/// <param name="target">The volume.</param>
/// <param name="boot">Its geometry.</param>
/// <param name="extend">Gives a directory one more cluster, of zeros, and reads it again.</param>
internal sealed class DirectoryWriter(
    EditedMedium medium, RandomAccessTarget target, FatBootSector boot, Func<EditedDirectory, EditedDirectory> extend)
{
    private const int SectorSize = Fat32Layout.SectorSize;

    /// <summary>Lets the entry of a file lead to another chain.</summary>
    public void Switch(EditedDirectory directory, DirectorySlot slot, uint cluster, uint length, Timestamp time)
    {
        Span<byte> entry = directory.Bytes.Slice(slot.ShortStart, FatEntry.Size);
        entry[11] |= FatEntry.Archive;
        FatEntryWriter.WriteChange(entry, cluster, length, time);
        directory.WriteSector(target, boot, slot.ShortStart);
        medium.Flush();
    }

    /// <summary>Adds a name that is not there.</summary>
    public void Add(EditedDirectory directory, string name, byte attributes, uint cluster, uint length, Timestamp time)
    {
        byte[] set = new byte[FatName.EntryCount(name) * FatEntry.Size];
        Span<byte> shortName = stackalloc byte[FatEntry.NameLength];
        FatName.WriteShort(FatName.Alias(name, directory.ShortNames().Contains), shortName);
        Span<byte> rest = set;
        if (!FatName.IsShort(name))
            FatEntryWriter.WriteLong(ref rest, name, FatEntry.Checksum(shortName));
        shortName.CopyTo(rest);
        FatEntryWriter.WriteShort(ref rest, attributes, cluster, length, time);
        if (FindGap(directory, set.Length) is { } gap)
            Fill(directory, gap, set);
        else
            Append(directory, set);
    }

    /// <summary>Takes a name away.</summary>
    public void Remove(EditedDirectory directory, DirectorySlot slot)
    {
        for (int at = slot.Start; at < slot.End; at += FatEntry.Size)
            directory.Bytes[at] = FatEntry.Deleted;

        // The short entry first: without it there is no file, and what is left of a long name is nobody's.
        directory.WriteSector(target, boot, slot.ShortStart);
        medium.Flush();
        for (int sector = slot.Start / SectorSize; sector < slot.ShortStart / SectorSize; sector++)
            directory.WriteSector(target, boot, sector * SectorSize);
    }

    /// <summary>Deleted entries within one sector that make room for so many bytes; null when there are none.</summary>
    private static int? FindGap(EditedDirectory directory, int length)
    {
        int end = directory.End(), start = 0;
        for (int at = 0; at < end; at += FatEntry.Size)
        {
            if (at % SectorSize == 0)
                start = at;
            if (directory.Bytes[at] != FatEntry.Deleted)
                start = at + FatEntry.Size;
            else if (at + FatEntry.Size - start >= length)
                return start;
        }
        return null;
    }

    private void Fill(EditedDirectory directory, int gap, byte[] set)
    {
        set.CopyTo(directory.Bytes[gap..]);
        directory.WriteSector(target, boot, gap);
        medium.Flush();
    }

    /// <summary>
    /// Puts entries at the end. A set that fits into a sector does not cross into the next one; of others the sectors behind the one
    /// with the end are written first, where nobody sees them.
    /// </summary>
    private void Append(EditedDirectory directory, byte[] set)
    {
        int end = directory.End(), at = end;
        if (set.Length <= SectorSize && at % SectorSize + set.Length > SectorSize)
            at += SectorSize - at % SectorSize;
        while (at + set.Length > directory.Bytes.Length)
            directory = extend(directory);

        Span<byte> bytes = directory.Bytes;
        for (int skipped = end; skipped < at; skipped += FatEntry.Size)
            bytes[skipped] = FatEntry.Deleted;
        set.CopyTo(bytes[at..]);
        int last = at + set.Length - 1;

        // Behind the end there may be anything, and the end moves.
        if (last + 1 < bytes.Length && bytes[last + 1] != 0)
        {
            bytes.Slice(last + 1, FatEntry.Size).Clear();
            last++;
        }
        int first = end / SectorSize;
        for (int sector = last / SectorSize; sector > first; sector--)
            directory.WriteSector(target, boot, sector * SectorSize);
        medium.Flush();
        directory.WriteSector(target, boot, first * SectorSize);
        medium.Flush();
    }
}
