using System.Buffers.Binary;
using RpiLive.Core.Tree;

namespace RpiLive.Core.SquashFs;

/// <summary>
/// The listing of one directory: entries in groups behind a header, and an index with one group in each 8 KiB so that
/// readers can find a name in a large directory without reading all of it.
/// </summary>
internal sealed class DirectoryListing
{
    private const int HeaderLength = 12;
    private const int EntryLength = 8;

    private byte[] _bytes = new byte[64 << 10];
    private int _length;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Offset of a header in the listing, and the first name behind it.</summary>
    public List<(int Offset, FileName Name)> Index { get; } = [];

    /// <summary>Makes the listing of <paramref name="directory"/>, whose children must have their place already.</summary>
    public void Build(DirectoryNode directory, Inventory inventory)
    {
        _length = 0;
        Index.Clear();
        int header = -1, count = 0, indexed = 0;
        ulong block = 0;
        uint number = 0;
        foreach ((FileName name, TreeNode node) in directory.Children)
        {
            InodeRecord child = inventory[node];
            int need = EntryLength + name.Bytes.Length;
            bool full = header >= 0 && _length + need - indexed > SquashFsFormat.MetadataLength;
            long delta = (long)child.Number - number;
            if (header < 0 || full || count == SquashFsFormat.MaxHeaderEntries || child.Reference >> 16 != block || delta is < short.MinValue or > short.MaxValue)
            {
                if (full)
                {
                    Index.Add((_length, name));
                    indexed = _length;
                }
                header = _length;
                count = 0;
                block = child.Reference >> 16;
                number = child.Number;
                delta = 0;
                Span<byte> start = Append(HeaderLength);
                BinaryPrimitives.WriteUInt32LittleEndian(start[4..], (uint)block);
                BinaryPrimitives.WriteUInt32LittleEndian(start[8..], number);
            }
            BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(header), count++);
            Span<byte> entry = Append(need);
            BinaryPrimitives.WriteUInt16LittleEndian(entry, (ushort)child.Reference);
            BinaryPrimitives.WriteInt16LittleEndian(entry[2..], (short)delta);
            BinaryPrimitives.WriteUInt16LittleEndian(entry[4..], (ushort)InodeTableWriter.BasicType(node));
            BinaryPrimitives.WriteUInt16LittleEndian(entry[6..], (ushort)(name.Bytes.Length - 1));
            name.Bytes.CopyTo(entry[EntryLength..]);
        }
    }

    private Span<byte> Append(int length)
    {
        if (length > _bytes.Length - _length)
            Array.Resize(ref _bytes, _bytes.Length * 2);
        _length += length;
        return _bytes.AsSpan(_length - length, length);
    }
}
