using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using RpiLive.Core.Compression;
using RpiLive.Core.Errors;
using RpiLive.Core.Tree;

namespace RpiLive.Core.SquashFs;

/// <summary>Sets of extended attributes, each set stored once, and long values that several sets have stored once too.</summary>
internal sealed class XattrTableWriter(IBlockCompressor compressor, string target) : IDisposable
{
    /// <summary>A value up to this size is cheaper to repeat than to refer to.</summary>
    private const int MaxRepeatedValueLength = 128;

    private readonly MetadataWriter _values = new(compressor);
    private readonly MetadataWriter _sets = new(compressor);
    private readonly Dictionary<byte[], uint> _setIds = new(new ByteArrayComparer());
    private readonly Dictionary<byte[], ulong> _valueReferences = new(new ByteArrayComparer());

    public int Count => _setIds.Count;

    /// <summary>The number of the set, which is stored if it is new.</summary>
    /// <param name="xattrs">The set; not empty.</param>
    /// <param name="path">Whose it is, for errors.</param>
    public uint Add(IReadOnlyList<Xattr> xattrs, Func<string> path)
    {
        ArrayBufferWriter<byte> content = new();
        foreach (Xattr xattr in xattrs)
        {
            (int type, byte[] name) = Check(xattr, path);
            Span<byte> header = content.GetSpan(8);
            BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)type);
            BinaryPrimitives.WriteUInt16LittleEndian(header[2..], (ushort)name.Length);
            BinaryPrimitives.WriteInt32LittleEndian(header[4..], xattr.Value.Length);
            content.Advance(8);
            content.Write(name);
            content.Write(xattr.Value);
        }
        byte[] key = content.WrittenSpan.ToArray();
        if (_setIds.TryGetValue(key, out uint id))
            return id;
        id = (uint)_setIds.Count;
        _setIds.Add(key, id);
        Store(xattrs, path);
        return id;
    }

    /// <summary>Writes the tables and gives the position that the superblock holds.</summary>
    public ulong WriteTo(SequentialWriter output)
    {
        if (_setIds.Count == 0)
            return SquashFsFormat.NoTable;
        _values.Flush();
        _sets.Flush();
        long valuesStart = output.Position;
        output.Write(_values.Bytes);
        long setsStart = output.Position;
        output.Write(_sets.Bytes);
        long header = output.Position;
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, valuesStart);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], (uint)_setIds.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], 0);
        output.Write(bytes);
        TableWriter.WriteIndex(_sets, setsStart, output);
        return (ulong)header;
    }

    public void Dispose()
    {
        _values.Dispose();
        _sets.Dispose();
    }

    private static (int Type, byte[] Name) Split(Xattr xattr)
    {
        int type = Array.FindIndex(SquashFsFormat.XattrPrefixes, prefix => xattr.Name.StartsWith(prefix, StringComparison.Ordinal));
        return (type, type < 0 ? [] : Encoding.UTF8.GetBytes(xattr.Name[SquashFsFormat.XattrPrefixes[type].Length..]));
    }

    private (int Type, byte[] Name) Check(Xattr xattr, Func<string> path)
    {
        (int type, byte[] name) = Split(xattr);
        if (type < 0)
            throw new ArgumentException($"{path()} has the extended attribute {xattr.Name}, but SquashFS can hold only user.*, trusted.* and security.*: remove it first.");
        if (name.Length + SquashFsFormat.XattrPrefixes[type].Length > SquashFsFormat.MaxXattrNameLength || xattr.Value.Length > SquashFsFormat.MaxXattrValueLength)
        {
            throw new ImageException(ErrorIds.TooLarge, ImageErrorKind.Destination,
                $"{target}: the extended attribute {xattr.Name} of {path()} has a value of {xattr.Value.Length:N0} bytes; Linux allows 255 bytes of name and 65,536 of value.",
                "Remove the attribute in the source.");
        }
        return (type, name);
    }

    private void Store(IReadOnlyList<Xattr> xattrs, Func<string> path)
    {
        Span<byte> set = stackalloc byte[SquashFsFormat.XattrEntryLength];
        BinaryPrimitives.WriteUInt64LittleEndian(set, _values.Reference(_values.Position));
        BinaryPrimitives.WriteInt32LittleEndian(set[8..], xattrs.Count);
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        // As listxattr(2) gives the names: in full, each with a zero byte. The size of a set counts the values too.
        int listLength = 0, valuesLength = 0;
        foreach (Xattr xattr in xattrs)
        {
            (int type, byte[] name) = Split(xattr);
            listLength += SquashFsFormat.XattrPrefixes[type].Length + name.Length + 1;
            valuesLength += xattr.Value.Length;
            bool outOfLine = _valueReferences.TryGetValue(xattr.Value, out ulong reference);
            BinaryPrimitives.WriteUInt16LittleEndian(number, (ushort)(outOfLine ? type | SquashFsFormat.XattrOutOfLine : type));
            BinaryPrimitives.WriteUInt16LittleEndian(number[2..], (ushort)name.Length);
            _values.Write(number[..4]);
            _values.Write(name);
            if (!outOfLine && xattr.Value.Length > MaxRepeatedValueLength)
                _valueReferences.Add(xattr.Value, _values.Reference(_values.Position));
            BinaryPrimitives.WriteInt32LittleEndian(number, outOfLine ? sizeof(ulong) : xattr.Value.Length);
            _values.Write(number[..4]);
            if (outOfLine)
                BinaryPrimitives.WriteUInt64LittleEndian(number, reference);
            _values.Write(outOfLine ? number : xattr.Value);
        }
        if (listLength > SquashFsFormat.MaxXattrListLength)
        {
            throw new ImageException(ErrorIds.TooLarge, ImageErrorKind.Destination,
                $"{target}: the names of the extended attributes of {path()} have {listLength:N0} bytes; Linux allows {SquashFsFormat.MaxXattrListLength:N0}.",
                "Remove attributes in the source.");
        }
        BinaryPrimitives.WriteInt32LittleEndian(set[12..], listLength + valuesLength);
        _sets.Write(set);
    }
}
