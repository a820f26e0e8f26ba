using System.Buffers.Binary;
using System.Text;
using RpiLive.Core.Errors;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Elf;

/// <summary>
/// What RpiLive needs to know of a little-endian ELF file of 32 or 64 bits ("System V ABI", chapters 4 and 5, and elf(5)).
/// </summary>
public sealed class ElfFile
{
    /// <summary>The most bytes of an ELF file that are accepted.</summary>
    public const int MaxLength = 64 << 20;

    private const string Format = "Elf";
    private const int MaxStringLength = 4096, MaxNeeded = 1024;
    private const uint SegmentLoad = 1, SegmentDynamic = 2, SegmentInterpreter = 3, SectionNoBits = 8;
    private const ulong TagNull = 0, TagNeeded = 1, TagStringTable = 5, TagRPath = 15, TagRunPath = 29;

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly string _name;
    private readonly List<(ulong Address, ulong Offset, ulong Length)> _loads = [];
    private readonly List<string> _needed = [];
    private readonly List<(ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> Bytes)> _sections = [];

    private ElfFile(ReadOnlyMemory<byte> bytes, string name)
    {
        _bytes = bytes;
        _name = name;
        ReadOnlySpan<byte> header = Range(0, 52, "the header");
        if (!IsElf(header))
            throw ImageException.Corrupt(Format, name, "no ELF file");
        if (header[4] is not (1 or 2) || header[5] != 1)
            throw ImageException.Unsupported(Format, name, $"ELF class {header[4]} with data encoding {header[5]}, not little-endian of 32 or 64 bits");
        Is64Bit = header[4] == 2;
        if (Is64Bit)
            header = Range(0, 64, "the header");
        Type = (ElfType)BinaryPrimitives.ReadUInt16LittleEndian(header[16..]);
        Machine = (ElfMachine)BinaryPrimitives.ReadUInt16LittleEndian(header[18..]);
        ReadSegments(header);
        ReadSections(header);
    }

    /// <summary>True for 64 bits, false for 32.</summary>
    public bool Is64Bit { get; }

    /// <summary>The processor.</summary>
    public ElfMachine Machine { get; }

    /// <summary>The kind of file.</summary>
    public ElfType Type { get; }

    /// <summary>Path of the dynamic loader (PT_INTERP); null for a static program or a library.</summary>
    public string? Interpreter { get; private set; }

    /// <summary>Names of the libraries needed (DT_NEEDED), in order.</summary>
    public IReadOnlyList<string> Needed => _needed;

    /// <summary>Directories of DT_RUNPATH as stored, or null.</summary>
    public string? RunPath { get; private set; }

    /// <summary>Directories of DT_RPATH as stored, or null.</summary>
    public string? RPath { get; private set; }

    /// <summary>True when the bytes start as an ELF file does.</summary>
    public static bool IsElf(ReadOnlySpan<byte> bytes) => bytes.StartsWith("\u007FELF"u8);

    /// <summary>Reads an ELF file out of memory.</summary>
    /// <param name="bytes">The whole file; not copied.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="ImageException"><c>CorruptElf</c> or <c>UnsupportedElf</c>.</exception>
    public static ElfFile Parse(ReadOnlyMemory<byte> bytes, string name) => new(bytes, name);

    /// <summary>Reads an ELF file out of a tree.</summary>
    /// <exception cref="ImageException"><c>CorruptElf</c> or <c>UnsupportedElf</c>, also when it has more than <see cref="MaxLength"/> bytes.</exception>
    public static ElfFile Read(FileContent content, string name) => content.Length <= MaxLength
        ? new(content.ReadAll(MaxLength), name)
        : throw ImageException.Unsupported(Format, name, $"{content.Length:N0} bytes, more than the {MaxLength:N0} of an ELF file that are read");

    /// <summary>True when a file starts as a little-endian ELF file for the processor and width of this one; reads no more than its start.</summary>
    public bool Matches(FileContent content)
    {
        Span<byte> start = stackalloc byte[20];
        if (content.Length < start.Length)
            return false;
        content.Read(0, start);
        return IsElf(start) && start[4] == (Is64Bit ? 2 : 1) && start[5] == 1 && BinaryPrimitives.ReadUInt16LittleEndian(start[18..]) == (ushort)Machine;
    }

    /// <summary>The content of the first section of this name, or null.</summary>
    public ReadOnlyMemory<byte>? FindSection(string name)
    {
        byte[] wanted = Encoding.UTF8.GetBytes(name);
        foreach ((ReadOnlyMemory<byte> sectionName, ReadOnlyMemory<byte> bytes) in _sections)
        {
            if (sectionName.Span.SequenceEqual(wanted))
                return bytes;
        }
        return null;
    }

    /// <summary>
    /// The symbols of <c>.symtab</c>, named by <c>.strtab</c>, in order and without the empty first one; none where one of the two
    /// sections is missing. Checked as they are enumerated.
    /// </summary>
    /// <exception cref="ImageException"><c>CorruptElf</c>: the table is cut, or a name lies outside of <c>.strtab</c> or has more than 4,095 bytes.</exception>
    public IEnumerable<ElfSymbol> Symbols()
    {
        if (FindSection(".symtab") is not { } table || FindSection(".strtab") is not { } names)
            yield break;
        (int length, int section) = Is64Bit ? (24, 6) : (16, 14);
        if (table.Length % length != 0)
            throw ImageException.Corrupt(Format, _name, $"a symbol table of {table.Length:N0} bytes, no multiple of {length}");
        for (int offset = length; offset < table.Length; offset += length)
        {
            ReadOnlyMemory<byte> entry = table.Slice(offset, length);
            yield return new ElfSymbol(Name(names, BinaryPrimitives.ReadUInt32LittleEndian(entry.Span), "symbol"), UInt16(entry.Span, section));
        }
    }

    private ReadOnlyMemory<byte> Name(ReadOnlyMemory<byte> names, uint offset, string what)
    {
        if (offset >= (uint)names.Length)
            throw ImageException.Corrupt(Format, _name, $"a {what} has its name at {offset:N0} of {names.Length:N0} bytes");
        ReadOnlyMemory<byte> rest = names[(int)offset..];
        return rest[..TextLength(rest.Span, what + " name")];
    }

    private void ReadSegments(ReadOnlySpan<byte> header)
    {
        (ulong offset, ushort entryLength, ushort count) = Is64Bit
            ? (BinaryPrimitives.ReadUInt64LittleEndian(header[32..]), UInt16(header, 54), UInt16(header, 56))
            : (BinaryPrimitives.ReadUInt32LittleEndian(header[28..]), UInt16(header, 42), UInt16(header, 44));
        if (count == 0)
            return;
        int expected = Is64Bit ? 56 : 32;
        if (entryLength != expected)
            throw ImageException.Corrupt(Format, _name, $"program headers of {entryLength} bytes instead of {expected}");
        ReadOnlySpan<byte> table = Range(offset, (ulong)count * entryLength, "the program headers");
        (ulong Offset, ulong Length)? dynamic = null;
        for (; !table.IsEmpty; table = table[expected..])
        {
            uint type = BinaryPrimitives.ReadUInt32LittleEndian(table);
            (ulong start, ulong address, ulong length) = Is64Bit
                ? (Word(table, 8), Word(table, 16), Word(table, 32))
                : (Word(table, 4), Word(table, 8), Word(table, 16));
            switch (type)
            {
                case SegmentLoad: _loads.Add((address, start, length)); break;
                case SegmentDynamic: dynamic = (start, length); break;
                case SegmentInterpreter: Interpreter = Text(Range(start, length, "the interpreter"), "interpreter"); break;
            }
        }
        if (dynamic is { } segment)
            ReadDynamic(Range(segment.Offset, segment.Length, "the dynamic segment"));
    }

    private void ReadDynamic(ReadOnlySpan<byte> dynamic)
    {
        int entryLength = Is64Bit ? 16 : 8;
        ulong? table = null;
        for (ReadOnlySpan<byte> rest = dynamic; rest.Length >= entryLength && Word(rest, 0) != TagNull; rest = rest[entryLength..])
        {
            if (Word(rest, 0) == TagStringTable)
                table = Word(rest, entryLength / 2);
        }
        ReadOnlySpan<byte> strings = table is { } address ? AtAddress(address) : [];
        for (ReadOnlySpan<byte> rest = dynamic; rest.Length >= entryLength && Word(rest, 0) != TagNull; rest = rest[entryLength..])
        {
            ulong tag = Word(rest, 0);
            if (tag is not (TagNeeded or TagRPath or TagRunPath))
                continue;
            ulong offset = Word(rest, entryLength / 2);
            if (offset >= (ulong)strings.Length)
                throw ImageException.Corrupt(Format, _name, $"dynamic entry {tag} points at {offset:N0} of a string table of {strings.Length:N0} bytes");
            string text = Text(strings[(int)offset..], $"dynamic entry {tag}");
            switch (tag)
            {
                case TagNeeded when _needed.Count == MaxNeeded:
                    throw ImageException.Corrupt(Format, _name, $"more than {MaxNeeded:N0} needed libraries");
                case TagNeeded: _needed.Add(text); break;
                case TagRPath: RPath = text; break;
                default: RunPath = text; break;
            }
        }
    }

    private void ReadSections(ReadOnlySpan<byte> header)
    {
        (ulong offset, ushort entryLength, ushort count, ushort names) = Is64Bit
            ? (BinaryPrimitives.ReadUInt64LittleEndian(header[40..]), UInt16(header, 58), UInt16(header, 60), UInt16(header, 62))
            : (BinaryPrimitives.ReadUInt32LittleEndian(header[32..]), UInt16(header, 46), UInt16(header, 48), UInt16(header, 50));
        if (count == 0 || names >= count)
            return;
        int expected = Is64Bit ? 64 : 40;
        if (entryLength != expected)
            throw ImageException.Corrupt(Format, _name, $"section headers of {entryLength} bytes instead of {expected}");
        ReadOnlySpan<byte> table = Range(offset, (ulong)count * entryLength, "the section headers");
        ReadOnlyMemory<byte> nameTable = Section(table, names);
        for (int i = 1; i < count; i++)
        {
            uint nameOffset = BinaryPrimitives.ReadUInt32LittleEndian(table[(i * expected)..]);
            _sections.Add((Name(nameTable, nameOffset, "section"), Section(table, i)));
        }
    }

    private ReadOnlyMemory<byte> Section(ReadOnlySpan<byte> table, int index)
    {
        ReadOnlySpan<byte> entry = table[(index * (Is64Bit ? 64 : 40))..];
        if (BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]) is 0 or SectionNoBits)
            return default;
        (ulong offset, ulong length) = Is64Bit ? (Word(entry, 24), Word(entry, 32)) : (Word(entry, 16), Word(entry, 20));
        return _bytes.Slice((int)offset, Range(offset, length, $"section {index}").Length);
    }

    /// <summary>The bytes from a memory address to the end of its segment's part in the file.</summary>
    private ReadOnlySpan<byte> AtAddress(ulong address)
    {
        foreach ((ulong start, ulong offset, ulong length) in _loads)
        {
            if (address >= start && address - start < length)
                return Range(offset, length, "a load segment")[(int)(address - start)..];
        }
        throw ImageException.Corrupt(Format, _name, $"the string table at address 0x{address:X} lies in no load segment");
    }

    private ReadOnlySpan<byte> Range(ulong offset, ulong length, string what)
    {
        if (length > (ulong)_bytes.Length || offset > (ulong)_bytes.Length - length)
            throw ImageException.Corrupt(Format, _name, $"{what} of {length:N0} bytes is promised at offset {offset:N0} of {_bytes.Length:N0}");
        return _bytes.Span.Slice((int)offset, (int)length);
    }

    private string Text(ReadOnlySpan<byte> bytes, string what) => Encoding.UTF8.GetString(bytes[..TextLength(bytes, what)]);

    private int TextLength(ReadOnlySpan<byte> bytes, string what)
    {
        int end = bytes[..Math.Min(bytes.Length, MaxStringLength)].IndexOf((byte)0);
        return end >= 0 ? end : throw ImageException.Corrupt(Format, _name, $"the text of {what} has no end");
    }

    private ulong Word(ReadOnlySpan<byte> bytes, int offset) => Is64Bit
        ? BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..])
        : BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);
}
