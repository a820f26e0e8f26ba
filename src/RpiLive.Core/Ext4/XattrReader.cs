using System.Buffers.Binary;
using System.Text;
using RpiLive.Core.Errors;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Ext4;

/// <summary>
/// Extended attributes in the inode, in a block of their own and with values in inodes of their own
/// (Documentation/filesystems/ext4/attributes.rst). Name indexes that Linux does not show are left out.
/// </summary>
internal sealed class XattrReader(Ext4Device device, InodeTable inodes, ReadBudget budget)
{
    public const uint Magic = 0xEA020000;
    public const int BlockHeaderSize = 32;
    public const int EntryHeaderSize = 16;
    private const int MaxValueSize = 65536;

    private static readonly UTF8Encoding s_strictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly Dictionary<long, Xattr[]> _blocks = [];
    private readonly Dictionary<uint, (byte[] Value, uint? Hash)> _values = [];

    /// <summary>All attributes of an inode that Linux shows, ordered by name.</summary>
    public IReadOnlyList<Xattr> Read(Inode inode)
    {
        List<Xattr>? found = null;
        ReadOnlySpan<byte> area = EntriesInInode(inode).Span;
        if (!area.IsEmpty)
            ReadEntries(inode, area, area, $"inode {inode.Number:N0}", ref found);
        if (inode.XattrBlock != 0)
        {
            Xattr[] shared = ReadBlock(inode);
            if (found is null)
                return shared;
            found.AddRange(shared);
        }
        return found is null ? [] : Sorted(found, inode);
    }

    /// <summary>
    /// The rest of inline data that does not fit into i_block: the value of <c>system.data</c>; empty where there is none.
    /// </summary>
    public ReadOnlyMemory<byte> FindInlineData(Inode inode)
    {
        ReadOnlyMemory<byte> area = EntriesInInode(inode);
        ReadOnlySpan<byte> entries = area.Span;
        string owner = $"inode {inode.Number:N0}";
        for (int offset = 0; NextEntry(entries, offset, owner) is Entry entry; offset += entry.Size)
        {
            if (!IsInlineData(entry, entries.Slice(offset + EntryHeaderSize, entry.NameLength)))
                continue;
            if (entry.ValueInode != 0)
                throw device.Corrupt($"the inline data of {owner} lies in inode {entry.ValueInode:N0}");
            CheckValue(entry, area.Length, owner);
            return area.Slice(entry.ValueOffset, (int)entry.ValueSize);
        }
        return default;
    }

    private static bool IsInlineData(Entry entry, ReadOnlySpan<byte> name) => entry.NameIndex == XattrNames.SystemIndex && name.SequenceEqual("data"u8);

    private static uint HashOf(ReadOnlySpan<byte> name, uint value, bool isSigned)
    {
        uint hash = 0;
        foreach (byte character in name)
            hash = (hash << 5) ^ (hash >> 27) ^ (isSigned ? (uint)(sbyte)character : character);
        return (hash << 16) ^ (hash >> 16) ^ value;
    }

    private static ReadOnlyMemory<byte> EntriesInInode(Inode inode)
    {
        ReadOnlyMemory<byte> area = inode.XattrArea;
        return area.Length >= 8 && BinaryPrimitives.ReadUInt32LittleEndian(area.Span) == Magic ? area[4..] : default;
    }

    private Xattr[] ReadBlock(Inode inode)
    {
        long number = inode.XattrBlock;
        if (_blocks.TryGetValue(number, out Xattr[]? known))
            return known;
        device.CheckBlocks(number, 1, $"the attribute block of inode {inode.Number:N0}");
        byte[] block = new byte[device.BlockSize];
        device.ReadBlocks(number, block);
        string what = $"attribute block {number:N0}";
        if (BinaryPrimitives.ReadUInt32LittleEndian(block) != Magic || BinaryPrimitives.ReadUInt32LittleEndian(block.AsSpan(8)) != 1)
            throw device.Corrupt($"{what} of inode {inode.Number:N0} does not start with the header of one");
        if (device.Superblock.HasMetadataChecksums)
        {
            Span<byte> seed = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(seed, number);
            uint stored = BinaryPrimitives.ReadUInt32LittleEndian(block.AsSpan(16));
            uint computed = Crc32C.UpdateSkipping(Crc32C.Update(device.Superblock.ChecksumSeed, seed), block, 16, 4);
            if (stored != computed)
                throw device.BadChecksum(what, stored, computed);
        }
        List<Xattr>? found = null;
        ReadEntries(inode, block.AsSpan(BlockHeaderSize), block, what, ref found);
        Xattr[] xattrs = found is null ? [] : Sorted(found, inode);
        _blocks.Add(number, xattrs);
        return xattrs;
    }

    /// <summary>Takes the entries of one area.</summary>
    /// <param name="inode">The owner.</param>
    /// <param name="entries">Where entries start.</param>
    /// <param name="values">What value offsets count from.</param>
    /// <param name="where">What errors call the area.</param>
    /// <param name="found">Where they go.</param>
    private void ReadEntries(Inode inode, ReadOnlySpan<byte> entries, ReadOnlySpan<byte> values, string where, ref List<Xattr>? found)
    {
        for (int offset = 0; NextEntry(entries, offset, where) is Entry entry; offset += entry.Size)
        {
            ReadOnlySpan<byte> name = entries.Slice(offset + EntryHeaderSize, entry.NameLength);
            if (XattrNames.PrefixOf(entry.NameIndex) is not string prefix || IsInlineData(entry, name))
                continue;
            byte[] value;
            if (entry.ValueInode != 0)
            {
                value = ReadValueInode(inode, entry, name);
            }
            else
            {
                CheckValue(entry, values.Length, where);
                value = values.Slice(entry.ValueOffset, (int)entry.ValueSize).ToArray();
            }
            if (XattrNames.IsAccessList(entry.NameIndex))
                value = PosixAcl.ToUserForm(value) ?? throw device.Corrupt($"{where} holds an access control list of {value.Length:N0} bytes that makes no sense");
            string suffix;
            try
            {
                suffix = s_strictUtf8.GetString(name);
            }
            catch (DecoderFallbackException)
            {
                throw ImageException.Unsupported(
                    "Ext4", device.Superblock.Source,
                    $"{where} has an extended attribute whose name is not UTF-8");
            }
            (found ??= []).Add(new Xattr(prefix + suffix, value));
        }
    }

    private Entry? NextEntry(ReadOnlySpan<byte> entries, int offset, string where)
    {
        // Four zero bytes end the list; a list that fills its area exactly needs none.
        if (offset > entries.Length - 4 || BinaryPrimitives.ReadUInt32LittleEndian(entries[offset..]) == 0)
            return null;
        ReadOnlySpan<byte> bytes = entries[offset..];
        if (bytes.Length < EntryHeaderSize || bytes.Length < EntryHeaderSize + bytes[0])
            throw device.Corrupt($"an attribute entry of {where} at byte {offset:N0} does not fit into {entries.Length:N0} bytes");
        return new Entry(
            NameLength: bytes[0],
            NameIndex: bytes[1],
            ValueOffset: BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]),
            ValueInode: BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
            ValueSize: BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
            Hash: BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]));
    }

    private void CheckValue(Entry entry, int room, string where)
    {
        if (entry.ValueSize > MaxValueSize || entry.ValueOffset + (long)entry.ValueSize > room)
            throw device.Corrupt($"an attribute of {where} has {entry.ValueSize:N0} bytes at byte {entry.ValueOffset:N0} of {room:N0}");
    }

    private byte[] ReadValueInode(Inode owner, Entry entry, ReadOnlySpan<byte> name)
    {
        string user = $"an attribute of inode {owner.Number:N0}";
        if (entry.ValueSize > MaxValueSize)
            throw device.Corrupt($"{user} has {entry.ValueSize:N0} bytes; at most {MaxValueSize:N0} are possible");
        if (!_values.TryGetValue(entry.ValueInode, out (byte[] Value, uint? Hash) known))
        {
            known = LoadValueInode(owner, entry, user);
            _values.Add(entry.ValueInode, known);
        }
        if (known.Value.Length != entry.ValueSize)
            throw device.Corrupt($"{user} has {entry.ValueSize:N0} bytes, but its inode {entry.ValueInode:N0} {known.Value.Length:N0}");
        if (known.Hash is uint hash && HashOf(name, hash, isSigned: false) != entry.Hash && HashOf(name, hash, isSigned: true) != entry.Hash)
            throw device.Corrupt($"{user} does not have the hash of the value in inode {entry.ValueInode:N0}");
        return known.Value;
    }

    private (byte[] Value, uint? Hash) LoadValueInode(Inode owner, Entry entry, string user)
    {
        Inode inode = inodes.Read(entry.ValueInode, user);
        if ((inode.Flags & InodeFlags.EaInode) == 0 || inode.Kind != InodeKind.File || inode.Size > MaxValueSize)
            throw device.Corrupt($"{user} refers to inode {entry.ValueInode:N0}, which holds no attribute value");
        budget.Take(((long)inode.Size + device.BlockSize - 1) / device.BlockSize, inode.Number);
        byte[] value = new byte[inode.Size];
        new Ext4FileContent(device, new BlockMapCache(), new BlockMapSource(device, inode, replayed: null), value.Length).Read(0, value);
        // Lustre's older layout has no hashes; the owner's number in i_mtime tells it.
        bool isLustre = inode.ModifiedTimeLow == owner.Number && inode.Generation == owner.Generation;
        if (isLustre)
            return (value, null);
        uint hash = Crc32C.Update(device.Superblock.ChecksumSeed, value);
        if (hash != inode.AccessTimeLow)
            throw device.BadChecksum($"the attribute value in inode {inode.Number:N0}", inode.AccessTimeLow, hash);
        return (value, hash);
    }

    private Xattr[] Sorted(List<Xattr> found, Inode inode)
    {
        found.Sort(static (left, right) => string.CompareOrdinal(left.Name, right.Name));
        for (int i = 1; i < found.Count; i++)
        {
            if (found[i].Name == found[i - 1].Name)
                throw device.Corrupt($"inode {inode.Number:N0} has the extended attribute {found[i].Name} twice");
        }
        return [.. found];
    }

    private readonly record struct Entry(byte NameLength, byte NameIndex, int ValueOffset, uint ValueInode, uint ValueSize, uint Hash)
    {
        public int Size => (EntryHeaderSize + NameLength + 3) & ~3;
    }
}
