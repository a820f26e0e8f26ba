using System.Buffers.Binary;
using System.Text;
using RpiLive.Core.Tree;

namespace RpiLive.Core.SquashFs;

/// <summary>Reads sets of extended attributes, each once.</summary>
internal sealed class XattrTableReader
{
    private const int HeaderLength = 16;
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly BlockReader _blocks;
    private readonly Dictionary<uint, IReadOnlyList<Xattr>> _sets = [];
    private readonly Dictionary<ulong, byte[]> _sharedValues = [];
    private readonly long _index;
    private readonly ulong _valuesStart;
    private readonly uint _count;

    /// <summary>Bytes that may still be read: sets can overlap, so that a small image could claim any amount.</summary>
    private long _budget;

    public XattrTableReader(BlockReader blocks)
    {
        _blocks = blocks;
        _budget = (64 << 20) + (long)blocks.Superblock.BytesUsed;
        if (blocks.Superblock.XattrTable == SquashFsFormat.NoTable)
            return;
        Span<byte> header = stackalloc byte[HeaderLength];
        blocks.ReadStored((long)blocks.Superblock.XattrTable, header, "xattr table");
        _index = (long)blocks.Superblock.XattrTable + HeaderLength;
        _valuesStart = BinaryPrimitives.ReadUInt64LittleEndian(header);
        _count = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        if (_valuesStart >= blocks.Superblock.XattrTable)
            throw blocks.Corrupt($"the xattr values at {_valuesStart:N0} do not lie before the xattr table at {blocks.Superblock.XattrTable:N0}");
    }

    public IReadOnlyList<Xattr> Read(uint id)
    {
        if (id >= _count)
            throw _blocks.Corrupt($"an inode refers to xattr set {id:N0} of {_count:N0}");
        if (_sets.TryGetValue(id, out IReadOnlyList<Xattr>? known))
            return known;
        Span<byte> entry = stackalloc byte[SquashFsFormat.XattrEntryLength];
        _blocks.ReadTableEntry(_index, id, entry);
        MetadataCursor cursor = Cursor(BinaryPrimitives.ReadUInt64LittleEndian(entry));
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]);
        List<Xattr> xattrs = [];
        int listLength = 0;
        for (uint i = 0; i < count; i++)
        {
            (string name, bool outOfLine) = ReadName(cursor);
            listLength += name.Length + 1;
            if (listLength > SquashFsFormat.MaxXattrListLength)
                throw _blocks.Corrupt($"the names of xattr set {id:N0} have more than {SquashFsFormat.MaxXattrListLength:N0} bytes");
            byte[] value = ReadValue(cursor);
            if (outOfLine && value.Length != sizeof(ulong))
                throw _blocks.Corrupt($"the reference to a value of an extended attribute has {value.Length:N0} bytes");
            xattrs.Add(new Xattr(name, outOfLine ? ReadSharedValue(BinaryPrimitives.ReadUInt64LittleEndian(value)) : value));
        }
        xattrs.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        for (int i = 1; i < xattrs.Count; i++)
        {
            if (xattrs[i].Name == xattrs[i - 1].Name)
                throw _blocks.Corrupt($"xattr set {id:N0} has {xattrs[i].Name} twice");
        }
        _sets.Add(id, xattrs);
        return xattrs;
    }

    private MetadataCursor Cursor(ulong reference) => new(_blocks, _valuesStart, _blocks.Superblock.XattrTable, reference);

    private (string Name, bool OutOfLine) ReadName(MetadataCursor cursor)
    {
        int type = cursor.ReadUInt16();
        int length = cursor.ReadUInt16();
        int prefix = type & ~SquashFsFormat.XattrOutOfLine;
        if (prefix >= SquashFsFormat.XattrPrefixes.Length)
            throw _blocks.Unsupported($"extended attributes of type {type}");
        if (length is 0 or > SquashFsFormat.MaxXattrNameLength)
            throw _blocks.Corrupt($"the name of an extended attribute has {length:N0} bytes");
        Span<byte> name = stackalloc byte[SquashFsFormat.MaxXattrNameLength];
        cursor.Read(name[..length]);
        try
        {
            return (SquashFsFormat.XattrPrefixes[prefix] + s_utf8.GetString(name[..length]), prefix != type);
        }
        catch (DecoderFallbackException)
        {
            throw _blocks.Unsupported($"extended attributes whose name is no UTF-8: {Convert.ToHexString(name[..length])}");
        }
    }

    private byte[] ReadValue(MetadataCursor cursor)
    {
        uint length = cursor.ReadUInt32();
        if (length > SquashFsFormat.MaxXattrValueLength)
            throw _blocks.Corrupt($"the value of an extended attribute has {length:N0} bytes");
        _budget -= length + 64;
        if (_budget < 0)
            throw _blocks.Corrupt("the extended attributes overlap without end");
        byte[] value = new byte[length];
        cursor.Read(value);
        return value;
    }

    private byte[] ReadSharedValue(ulong reference)
    {
        if (!_sharedValues.TryGetValue(reference, out byte[]? value))
            _sharedValues.Add(reference, value = ReadValue(Cursor(reference)));
        return value;
    }
}
