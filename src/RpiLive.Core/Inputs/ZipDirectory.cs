using System.Buffers.Binary;
using System.Text;
using RpiLive.Core.Streams;
using static RpiLive.Core.Inputs.ZipFields;

namespace RpiLive.Core.Inputs;

/// <summary>
/// Reads the list of files at the end of a ZIP archive (APPNOTE.TXT 6.3.10, sections 4.3.12 to 4.3.16). Not by the base class
/// library's ZipArchive, which compares neither CRC-32 nor local headers.
/// </summary>
internal sealed class ZipDirectory
{
    private const uint EndSignature = 0x06054B50, End64Signature = 0x06064B50, Locator64Signature = 0x07064B50, EntrySignature = 0x02014B50;
    private const uint SplitSignature = 0x08074B50;
    private const int EndLength = 22, End64Length = 56, Locator64Length = 20, EntryLength = 46, LocalHeaderLength = 30;

    /// <summary>The most bytes of the list: an archive with an image has a few files beside it.</summary>
    private const int MaxLength = 16 << 20;

    private readonly RandomAccessSource _file;
    private long _offset;
    private long _length;
    private long _count;

    private ZipDirectory(RandomAccessSource file) => _file = file;

    /// <summary>The files of the archive.</summary>
    /// <exception cref="Errors.ImageException"><c>CorruptZip</c> or <c>UnsupportedZip</c>.</exception>
    public static IReadOnlyList<ZipEntry> Read(RandomAccessSource file)
    {
        ZipDirectory directory = new(file);
        directory.Find();
        List<ZipEntry> entries = directory.ReadEntries();
        directory.CheckOverlaps(entries);
        return entries;
    }

    private void Find()
    {
        byte[] tail = new byte[(int)Math.Min(_file.Length, EndLength + ushort.MaxValue)];
        _file.ReadExactly(_file.Length - tail.Length, tail);
        int at = tail.Length - EndLength;
        while (at >= 0 && !IsEnd(tail.AsSpan(at)))
            at--;
        if (at < 0 && Int(Take(0, sizeof(uint)), 0) == SplitSignature)
            throw Split();
        if (at < 0)
            throw Corrupt(_file, "no list of files ends where the archive ends: it is cut short, or something was appended to it");

        ReadOnlySpan<byte> end = tail.AsSpan(at);
        long endOffset = _file.Length - tail.Length + at;
        ushort disk = Short(end, 4), firstDisk = Short(end, 6), countHere = Short(end, 8), count = Short(end, 10);
        uint length = Int(end, 12), offset = Int(end, 16);
        (_count, _length, _offset) = (count, length, offset);
        bool isWide = disk == In64Short || firstDisk == In64Short || countHere == In64Short
            || count == In64Short || length == In64 || offset == In64;
        if (isWide && FindEnd64(endOffset) is { } end64Offset)
            endOffset = ReadEnd64(end64Offset, endOffset - Locator64Length);
        else if (disk != 0 || firstDisk != 0 || countHere != count)
            throw Split();
        if (_offset < 0 || _length < 0 || _offset > endOffset - _length || _offset + _length != endOffset)
            throw Corrupt(_file, $"its list of files should have {_length:N0} bytes at offset {_offset:N0} and end at offset {endOffset:N0}");
        if (_length > MaxLength)
            throw Unsupported(_file, $"its list of files has {_length:N0} bytes; at most {MaxLength:N0} are read");
    }

    private static bool IsEnd(ReadOnlySpan<byte> bytes) => Int(bytes, 0) == EndSignature && Short(bytes, 20) == bytes.Length - EndLength;

    private long? FindEnd64(long endOffset)
    {
        if (endOffset < Locator64Length)
            return null;
        byte[] locator = Take(endOffset - Locator64Length, Locator64Length);
        if (Int(locator, 0) != Locator64Signature)
            return null;
        if (Int(locator, 4) != 0 || Int(locator, 16) > 1)
            throw Split();
        return BinaryPrimitives.ReadInt64LittleEndian(locator.AsSpan(8));
    }

    private long ReadEnd64(long offset, long locatorOffset)
    {
        if (offset < 0 || offset > locatorOffset - End64Length)
            throw Corrupt(_file, $"its zip64 end record cannot lie at offset {offset:N0}");
        byte[] end = Take(offset, End64Length);
        if (Int(end, 0) != End64Signature || Long(end, 4) != locatorOffset - offset - 12)
            throw Corrupt(_file, $"there is no zip64 end record at offset {offset:N0}");
        if (Int(end, 16) != 0 || Int(end, 20) != 0 || Long(end, 24) != Long(end, 32))
            throw Split();
        (long count, long length, long start) = (Long(end, 32), Long(end, 40), Long(end, 48));
        if (_count != In64Short && _count != count || _length != In64 && _length != length || _offset != In64 && _offset != start)
            throw Corrupt(_file, $"its end record does not match the zip64 one at offset {offset:N0}");
        (_count, _length, _offset) = (count, length, start);
        return offset;
    }

    private List<ZipEntry> ReadEntries()
    {
        ReadOnlySpan<byte> bytes = Take(_offset, (int)_length);
        List<ZipEntry> entries = [];
        while (!bytes.IsEmpty)
            entries.Add(ReadEntry(ref bytes));
        return entries.Count == _count ? entries : throw Corrupt(_file, $"its list of files has {entries.Count:N0} entries, but should have {_count:N0}");
    }

    private ZipEntry ReadEntry(ref ReadOnlySpan<byte> bytes)
    {
        long at = _offset + _length - bytes.Length;
        int length = bytes.Length < EntryLength || Int(bytes, 0) != EntrySignature
            ? int.MaxValue
            : EntryLength + Short(bytes, 28) + Short(bytes, 30) + Short(bytes, 32);
        if (length > bytes.Length)
            throw Corrupt(_file, $"its list of files is damaged at offset {at:N0}");
        ReadOnlySpan<byte> entry = bytes[..length];
        bytes = bytes[length..];

        ReadOnlySpan<byte> name = entry.Slice(EntryLength, Short(entry, 28));
        ReadOnlySpan<byte> zip64 = FindZip64(entry.Slice(EntryLength + name.Length, Short(entry, 30)));
        long? unpacked = Widen(Int(entry, 24), ref zip64), packed = Widen(Int(entry, 20), ref zip64);
        long? offset = Widen(Int(entry, 42), ref zip64);
        ushort disk = Short(entry, 34), flags = Short(entry, 8);
        if (disk == In64Short ? zip64.Length >= 4 && Int(zip64, 0) != 0 : disk != 0)
            throw Split();
        if (unpacked is null || packed is null || offset is null)
            throw Corrupt(_file, $"the entry at offset {at:N0} of its list of files lacks a size or an offset");
        return new ZipEntry
        {
            Name = NameOf(name, flags),
            NameBytes = name.ToArray(),
            Flags = flags,
            Method = Short(entry, 10),
            Crc = Int(entry, 16),
            PackedLength = packed.Value,
            Length = unpacked.Value,
            HeaderOffset = offset.Value,
        };
    }

    /// <summary>Files that share bytes are how a small archive unpacks to more than any disk holds.</summary>
    private void CheckOverlaps(List<ZipEntry> entries)
    {
        long end = 0;
        foreach (ZipEntry entry in entries.OrderBy(entry => entry.HeaderOffset))
        {
            if (entry.HeaderOffset < end)
                throw Corrupt(_file, $"'{entry.Name}' at offset {entry.HeaderOffset:N0} lies inside the file before it");
            long least = LocalHeaderLength + entry.NameBytes.Length;
            if (entry.PackedLength > _offset - least || entry.HeaderOffset > _offset - least - entry.PackedLength)
            {
                throw Corrupt(_file, $"'{entry.Name}' should have {entry.PackedLength:N0} bytes "
                    + $"at offset {entry.HeaderOffset:N0}, but the list of files begins at offset {_offset:N0}");
            }
            end = entry.HeaderOffset + least + entry.PackedLength;
        }
    }

    private static string NameOf(ReadOnlySpan<byte> bytes, ushort flags)
    {
        Encoding encoding = (flags & Utf8Flag) != 0 || System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8 : Encoding.Latin1;
        return string.Concat(encoding.GetString(bytes).Select(c => char.IsControl(c) ? '?' : c));
    }

    private static long Long(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadInt64LittleEndian(bytes[offset..]);

    private byte[] Take(long offset, int length)
    {
        byte[] bytes = new byte[length];
        _file.ReadExactly(offset, bytes);
        return bytes;
    }

    private Errors.ImageException Split() => Unsupported(_file, "it is one part of a split ZIP archive");
}
