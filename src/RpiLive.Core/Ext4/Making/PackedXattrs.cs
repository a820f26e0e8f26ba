using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Ext4.Making;

/// <summary>
/// The extended attributes of one inode (Documentation/filesystems/ext4/attributes.rst): as many of them as fit in the inode,
/// the others in a block.
/// </summary>
internal sealed class PackedXattrs
{
    /// <summary>Size of i_extra_isize, where the fields of an inode end and its attributes start.</summary>
    public const int ExtraSize = 32;

    private const int EntrySize = XattrReader.EntryHeaderSize;
    private const int InodeRoom = Ext4Layout.InodeSize - Inode.GoodOldSize - ExtraSize;
    private const int MagicSize = 4;
    private const int EndSize = 4;
    private const int MaxNameLength = 255;
    private const int BlockChecksumOffset = 16;

    private readonly List<Entry> _inInode = [];
    private readonly List<Entry> _inBlock = [];

    /// <summary>Divides them up.</summary>
    /// <param name="xattrs">The attributes.</param>
    /// <param name="refuse">Makes the error for those that ext4 cannot hold.</param>
    public PackedXattrs(IReadOnlyList<Xattr> xattrs, Func<string, Exception> refuse)
    {
        List<Entry> entries = [.. xattrs.Select(xattr => MakeEntry(xattr, refuse))];
        entries.Sort(static (left, right) => left.CompareTo(right));
        long inodeRoom = InodeRoom - MagicSize - EndSize;
        long blockRoom = Ext4Layout.BlockSize - XattrReader.BlockHeaderSize - EndSize;
        foreach (Entry entry in entries)
        {
            if (entry.Size <= inodeRoom)
            {
                inodeRoom -= entry.Size;
                _inInode.Add(entry);
            }
            else
            {
                blockRoom -= entry.Size;
                _inBlock.Add(entry);
            }
        }
        if (blockRoom < 0)
            throw refuse($"has extended attributes that take {-blockRoom:N0} bytes more than ext4 has room for");
    }

    /// <summary>True where a block is needed.</summary>
    public bool NeedsBlock => _inBlock.Count > 0;

    /// <summary>Fills the room after the fields of the inode.</summary>
    public void WriteInInode(Span<byte> area)
    {
        if (_inInode.Count == 0)
            return;
        BinaryPrimitives.WriteUInt32LittleEndian(area, XattrReader.Magic);
        WriteEntries(area[MagicSize..], 0, _inInode);
    }

    /// <summary>Makes the block.</summary>
    /// <param name="number">Where it lies.</param>
    /// <param name="checksumSeed">Where the checksums of the file system start.</param>
    public byte[] MakeBlock(long number, uint checksumSeed)
    {
        byte[] block = new byte[Ext4Layout.BlockSize];
        BinaryPrimitives.WriteUInt32LittleEndian(block, XattrReader.Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(4), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(8), 1);
        uint hash = 0;
        foreach (Entry entry in _inBlock)
            hash = Mix(hash, entry.Hash);
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(12), hash);
        WriteEntries(block, XattrReader.BlockHeaderSize, _inBlock);
        Span<byte> seed = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(seed, number);
        uint checksum = Crc32C.UpdateSkipping(Crc32C.Update(checksumSeed, seed), block, BlockChecksumOffset, 4);
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(BlockChecksumOffset), checksum);
        return block;
    }

    private static uint Mix(uint hash, uint value) => BitOperations.RotateLeft(hash, 16) ^ value;

    private static Entry MakeEntry(Xattr xattr, Func<string, Exception> refuse)
    {
        if (XattrNames.Split(xattr.Name) is not (byte index, string suffix))
            throw refuse($"has the extended attribute {xattr.Name}, whose name ext4 cannot hold");
        byte[] name = Encoding.UTF8.GetBytes(suffix);
        if (name.Length > MaxNameLength)
            throw refuse($"has an extended attribute whose name has {name.Length:N0} bytes; ext4 can hold {MaxNameLength}");
        byte[]? value = XattrNames.IsAccessList(index) ? PosixAcl.ToStoredForm(xattr.Value) : xattr.Value;
        return new Entry(index, name, value ?? throw refuse($"has an access control list in {xattr.Name} that makes no sense"));
    }

    /// <summary>Writes entries from the front and values from the back.</summary>
    /// <param name="bytes">What value offsets count from.</param>
    /// <param name="offset">Where entries start.</param>
    /// <param name="entries">The entries.</param>
    private static void WriteEntries(Span<byte> bytes, int offset, List<Entry> entries)
    {
        int valueEnd = bytes.Length;
        foreach (Entry entry in entries)
        {
            Span<byte> header = bytes[offset..];
            header[0] = (byte)entry.Name.Length;
            header[1] = entry.Index;
            if (entry.Value.Length > 0)
            {
                valueEnd -= (entry.Value.Length + 3) & ~3;
                BinaryPrimitives.WriteUInt16LittleEndian(header[2..], (ushort)valueEnd);
                entry.Value.CopyTo(bytes[valueEnd..]);
            }
            BinaryPrimitives.WriteUInt32LittleEndian(header[8..], (uint)entry.Value.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(header[12..], entry.Hash);
            entry.Name.CopyTo(header[EntrySize..]);
            offset += entry.HeaderSize;
        }
    }

    private sealed record Entry(byte Index, byte[] Name, byte[] Value) : IComparable<Entry>
    {
        public int HeaderSize => (EntrySize + Name.Length + 3) & ~3;

        public long Size => HeaderSize + (((long)Value.Length + 3) & ~3);

        /// <summary>e_hash: over the name, then over the value in words.</summary>
        public uint Hash
        {
            get
            {
                uint hash = 0;
                foreach (byte character in Name)
                    hash = BitOperations.RotateLeft(hash, 5) ^ character;
                Span<byte> word = stackalloc byte[4];
                for (int at = 0; at < Value.Length; at += 4)
                {
                    word.Clear();
                    Value.AsSpan(at, Math.Min(4, Value.Length - at)).CopyTo(word);
                    hash = Mix(hash, BinaryPrimitives.ReadUInt32LittleEndian(word));
                }
                return hash;
            }
        }

        /// <summary>The order that Linux keeps in blocks.</summary>
        public int CompareTo(Entry? other)
        {
            if (other is null)
                return 1;
            int order = Index.CompareTo(other.Index);
            if (order == 0)
                order = Name.Length.CompareTo(other.Name.Length);
            return order != 0 ? order : Name.AsSpan().SequenceCompareTo(other.Name);
        }
    }
}
