using System.Buffers.Binary;

namespace RpiLive.Core.Fat;

/// <summary>
/// Goes through the entries of one directory and puts names together: long names where all their parts are there, in
/// order and with the checksum of the short name; else the short name, as Linux does.
/// </summary>
internal ref struct FatDirectoryReader
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly FatType _type;
    private readonly char[] _long = new char[FatEntry.MaxLongParts * FatEntry.LongPartLength];
    private int _position;
    private int _start;
    private int _partsLeft;
    private int _longLength;
    private byte _checksum;

    public FatDirectoryReader(ReadOnlySpan<byte> bytes, FatType type)
    {
        _bytes = bytes;
        _type = type;
        Clear();
    }

    /// <summary>The entry that <see cref="Next"/> found.</summary>
    public FatDirectoryEntry Current { get; private set; }

    /// <summary>Byte offset of the first entry of the set: the long name where it counts, else the short entry.</summary>
    public int Start { get; private set; }

    /// <summary>Byte offset of the short entry.</summary>
    public int ShortStart { get; private set; }

    /// <summary>Moves to the next file, directory or label; without <c>.</c> and <c>..</c>.</summary>
    public bool Next()
    {
        while (_position + FatEntry.Size <= _bytes.Length)
        {
            ReadOnlySpan<byte> entry = _bytes.Slice(_position, FatEntry.Size);
            _position += FatEntry.Size;
            if (entry[0] == 0)
                return false;
            if (entry[0] == FatEntry.Deleted)
            {
                Clear();
                continue;
            }
            byte attributes = (byte)(entry[11] & FatEntry.AttributeMask);
            if (attributes == FatEntry.LongName)
            {
                TakePart(entry);
                continue;
            }
            bool label = (attributes & FatEntry.VolumeLabel) != 0;
            string? longName = label ? null : LongName(entry);
            string? name = label ? OemText.DecodePadded(entry[..FatEntry.NameLength]) : longName ?? ShortName(entry);
            ShortStart = _position - FatEntry.Size;
            Start = longName is null ? ShortStart : _start;
            Clear();
            if (name is "." or ".." && !label)
                continue;
            Current = new(
                name,
                label,
                (attributes & FatEntry.Directory) != 0,
                FatEntry.FirstCluster(entry, _type),
                BinaryPrimitives.ReadUInt32LittleEndian(entry[28..]),
                FatTime.Decode(BinaryPrimitives.ReadUInt16LittleEndian(entry[24..]), BinaryPrimitives.ReadUInt16LittleEndian(entry[22..])));
            return true;
        }
        return false;
    }

    private void Clear() => _partsLeft = -1;

    private void TakePart(ReadOnlySpan<byte> entry)
    {
        int ordinal = entry[0] & ~FatEntry.LastLongPart;
        if ((entry[0] & FatEntry.LastLongPart) != 0)
        {
            if (ordinal is 0 or > FatEntry.MaxLongParts)
            {
                Clear();
                return;
            }
            _partsLeft = ordinal;
            _start = _position - FatEntry.Size;
            _longLength = ordinal * FatEntry.LongPartLength;
            _checksum = entry[13];
        }
        else if (_partsLeft <= 0 || ordinal != _partsLeft || entry[13] != _checksum)
        {
            Clear();
            return;
        }
        _partsLeft--;
        Span<char> part = _long.AsSpan(_partsLeft * FatEntry.LongPartLength, FatEntry.LongPartLength);
        for (int i = 0; i < part.Length; i++)
            part[i] = (char)BinaryPrimitives.ReadUInt16LittleEndian(entry[FatEntry.LongPartOffsets[i]..]);
    }

    private readonly string? LongName(ReadOnlySpan<byte> entry)
    {
        if (_partsLeft != 0 || FatEntry.Checksum(entry) != _checksum)
            return null;
        ReadOnlySpan<char> name = _long.AsSpan(0, _longLength);
        int end = name.IndexOf('\0');
        if (end >= 0)
            name = name[..end];
        return name.Length is 0 or > FatEntry.MaxLongName || !IsSafe(name) || name is "." or ".." ? null : new string(name);
    }

    /// <summary>Null when the bytes make no name.</summary>
    private static string? ShortName(ReadOnlySpan<byte> entry)
    {
        Span<char> name = stackalloc char[FatEntry.NameLength + 1];
        int length = Append(name, 0, entry[..8], (entry[12] & FatEntry.LowerBase) != 0);
        if (entry[0] == FatEntry.DeletedStandIn)
            name[0] = OemText.Decode(FatEntry.Deleted);
        ReadOnlySpan<byte> extension = entry[8..FatEntry.NameLength].TrimEnd((byte)' ');
        if (!extension.IsEmpty)
        {
            name[length++] = '.';
            length = Append(name, length, extension, (entry[12] & FatEntry.LowerExtension) != 0);
        }
        name = name[..length];
        return length == 0 || !IsSafe(name) ? null : new string(name);
    }

    private static int Append(Span<char> name, int length, ReadOnlySpan<byte> field, bool lower)
    {
        foreach (byte b in field.TrimEnd((byte)' '))
        {
            char c = OemText.Decode(b);
            name[length++] = lower ? char.ToLowerInvariant(c) : c;
        }
        return length;
    }

    private static bool IsSafe(ReadOnlySpan<char> name) => name.IndexOfAnyInRange('\0', '\x1F') < 0 && !name.Contains('/');
}
