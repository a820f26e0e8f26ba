using System.Text;
using RpiLive.Core.Elf;

namespace RpiLive.Core.Kernel.Indexes;

/// <summary>
/// Takes out of one module what the indexes need. Exported symbols are those with a checksum (<c>__crc_NAME</c>, made by
/// CONFIG_MODVERSIONS); in a module without any, the texts of <c>__ksymtab_strings</c> (Linux, include/linux/export.h and
/// include/asm-generic/export.h). Imported symbols are the undefined ones and what <c>__versions</c> lists beyond them
/// (struct modversion_info of include/linux/module.h: 64 bytes, first the checksum as a long, then the name).
/// </summary>
internal sealed class ModuleFactsReader
{
    /// <summary>The most bytes of text taken of one module; the largest of Debian's have some 100 KB.</summary>
    private const int MaxText = 4 << 20;

    private const int VersionLength = 64;

    private readonly ElfFile _elf;
    private readonly string _path;
    private int _room = MaxText;

    private ModuleFactsReader(ElfFile elf, string path)
    {
        _elf = elf;
        _path = path;
    }

    /// <summary>Reads a module.</summary>
    /// <param name="elf">The module.</param>
    /// <param name="path">Its absolute path, for errors.</param>
    /// <param name="length">Its bytes, unpacked.</param>
    /// <exception cref="Errors.ImageException"><c>CorruptModule</c>, or <c>CorruptElf</c> from its symbol table.</exception>
    public static ModuleFacts Read(ElfFile elf, string path, int length) => new ModuleFactsReader(elf, path).Read(length);

    private ModuleFacts Read(int length)
    {
        (List<string> exports, List<string> imports) = ReadSymbols();
        if (exports.Count == 0)
            exports = [.. Texts("__ksymtab_strings").Select(text => Key(text, "symbol"))];
        List<string> aliases = [], soft = [], weak = [];
        foreach (ReadOnlyMemory<byte> entry in Texts(".modinfo"))
        {
            if (Says(entry, "alias="u8, out ReadOnlyMemory<byte> value))
                aliases.Add(Key(value, "alias"));
            else if (Says(entry, "softdep="u8, out value))
                soft.Add(Line(value, "soft dependency"));
            else if (Says(entry, "weakdep="u8, out value))
                weak.Add(Line(value, "weak dependency"));
        }
        return new ModuleFacts(exports, imports, aliases, soft, weak, length);
    }

    private (List<string> Exports, List<string> Imports) ReadSymbols()
    {
        ReadOnlySpan<byte> checksum = "__crc_"u8;
        List<string> exports = [], imports = [];
        foreach (ElfSymbol symbol in _elf.Symbols())
        {
            if (symbol.Name.Span.StartsWith(checksum))
                exports.Add(Key(symbol.Name[checksum.Length..], "symbol"));
            if (symbol.IsUndefined && !symbol.Name.IsEmpty)
                imports.Add(Key(symbol.Name, "symbol"));
        }
        AddVersioned(imports);
        return (exports, imports);
    }

    private void AddVersioned(List<string> imports)
    {
        if (_elf.FindSection("__versions") is not { } versions)
            return;
        if (versions.Length % VersionLength != 0)
            throw ModuleError.Of(_path, $"__versions has {versions.Length:N0} bytes, no multiple of {VersionLength}");
        HashSet<string> known = new(imports, StringComparer.Ordinal);
        int checksum = _elf.Is64Bit ? 8 : 4;
        for (int offset = 0; offset < versions.Length; offset += VersionLength)
        {
            ReadOnlyMemory<byte> field = versions.Slice(offset + checksum, VersionLength - checksum);
            int end = field.Span.IndexOf((byte)0);
            string name = Key(end < 0 ? field : field[..end], "symbol");
            if (known.Add(name))
                imports.Add(name);
        }
    }

    /// <summary>The texts of a section, separated by one zero byte or several.</summary>
    private IEnumerable<ReadOnlyMemory<byte>> Texts(string section)
    {
        ReadOnlyMemory<byte> rest = _elf.FindSection(section) ?? default;
        while (!rest.IsEmpty)
        {
            int end = rest.Span.IndexOf((byte)0);
            if (end != 0)
                yield return end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
        }
    }

    private static bool Says(ReadOnlyMemory<byte> entry, ReadOnlySpan<byte> key, out ReadOnlyMemory<byte> value)
    {
        bool says = entry.Span.StartsWith(key);
        value = says ? entry[key.Length..] : default;
        return says;
    }

    /// <summary>A key of an index, which has a place for ASCII alone.</summary>
    private string Key(ReadOnlyMemory<byte> text, string what)
    {
        string line = Line(text, what);
        return Ascii.IsValid(line) ? line : throw ModuleError.Of(_path, $"has {what} text that is not ASCII");
    }

    /// <summary>A text that goes onto a line of its own: another line would say something in another module's name.</summary>
    private string Line(ReadOnlyMemory<byte> text, string what)
    {
        _room -= text.Length + 1;
        if (_room < 0)
            throw ModuleError.Of(_path, $"has more than {MaxText:N0} bytes of symbols and aliases");
        return text.Span.IndexOfAny((byte)'\n', (byte)'\r') < 0
            ? Encoding.Latin1.GetString(text.Span)
            : throw ModuleError.Of(_path, $"has {what} text of several lines");
    }
}
