using RpiLive.Core.Tree;

namespace RpiLive.Core.SquashFs;

/// <summary>Reads the listings of directories.</summary>
internal static class ListingReader
{
    private const int HeaderLength = 12, EntryLength = 8;

    /// <summary>The entries of a listing, in order; each is checked by itself and against the one before.</summary>
    public static IEnumerable<ListingEntry> Entries(BlockReader blocks, ListingPlace listing)
    {
        if (listing.Length == 0)
            yield break;
        MetadataCursor cursor = new(blocks, blocks.Superblock.DirectoryTable, blocks.Superblock.BytesUsed, listing.Reference);
        FileName last = default;
        for (long left = listing.Length; left > 0;)
        {
            uint count = cursor.ReadUInt32();
            uint block = cursor.ReadUInt32();
            uint number = cursor.ReadUInt32();
            left -= HeaderLength;
            if (count >= SquashFsFormat.MaxHeaderEntries)
                throw blocks.Corrupt($"a directory header announces {count + 1L:N0} entries; 1 to 256 are possible");
            for (uint i = 0; i <= count; i++)
            {
                ListingEntry entry = ReadEntry(blocks, cursor, last, block, number, ref left);
                last = entry.Name;
                yield return entry;
            }
        }
    }

    private static ListingEntry ReadEntry(BlockReader blocks, MetadataCursor cursor, FileName last, uint block, uint number, ref long left)
    {
        ushort offset = cursor.ReadUInt16();
        short delta = (short)cursor.ReadUInt16();
        InodeType type = (InodeType)cursor.ReadUInt16();
        int length = cursor.ReadUInt16() + 1;
        left -= EntryLength + length;
        Span<byte> bytes = stackalloc byte[FileName.MaxLength];
        if (length > bytes.Length || left < 0)
            throw blocks.Corrupt($"a name of {length:N0} bytes runs past the end of its directory, or is too long");
        cursor.Read(bytes[..length]);
        FileName name = new(bytes[..length]);
        if (!name.IsValid)
            throw blocks.Corrupt($"a directory has a name that Linux forbids: {Convert.ToHexString(bytes[..length])}");
        if (name <= last)
            throw blocks.Corrupt($"the names of a directory are not in order: {last}, {name}");
        return new ListingEntry(name, ((ulong)block << 16) | offset, (long)number + delta, type);
    }
}
