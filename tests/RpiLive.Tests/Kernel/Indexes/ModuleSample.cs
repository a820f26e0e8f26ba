using System.Buffers.Binary;
using System.Text;
using RpiLive.Core.Elf;
using RpiLive.Tests.Elf;

namespace RpiLive.Tests.Kernel.Indexes;

/// <summary>Makes small modules: an ELF file with the sections that depmod reads.</summary>
internal sealed record ModuleSample
{
    public bool Is64Bit { get; init; } = true;

    /// <summary>Symbols exported with a checksum, as by CONFIG_MODVERSIONS.</summary>
    public IReadOnlyList<string> Exports { get; init; } = [];

    /// <summary>Symbols exported without.</summary>
    public IReadOnlyList<string> PlainExports { get; init; } = [];

    public IReadOnlyList<string> Imports { get; init; } = [];

    /// <summary>Symbols in __versions.</summary>
    public IReadOnlyList<string> Versions { get; init; } = [];

    /// <summary>Entries of .modinfo.</summary>
    public IReadOnlyList<string> Information { get; init; } = [];

    public byte[] Build()
    {
        StringBuilder names = new("\0");
        MemoryStream symbols = new();
        Symbol("", 0);
        foreach (string export in Exports)
        {
            Symbol("__crc_" + export, 0xFFF1);
            Symbol(export, 1);
        }
        foreach (string import in Imports)
            Symbol(import, 0);

        byte[] versions = new byte[64 * Versions.Count];
        for (int i = 0; i < Versions.Count; i++)
            Encoding.ASCII.GetBytes(Versions[i]).CopyTo(versions, (64 * i) + (Is64Bit ? 8 : 4));
        return new ElfSample
        {
            Is64Bit = Is64Bit, Machine = Is64Bit ? ElfMachine.Arm64 : ElfMachine.Arm, Type = ElfType.Relocatable,
            Sections =
            [
                (".text", new byte[4]), (".modinfo", Texts(["license=GPL", .. Information])), ("__ksymtab_strings", Texts([.. Exports, .. PlainExports])),
                ("__versions", versions), (".symtab", symbols.ToArray()), (".strtab", Encoding.Latin1.GetBytes(names.ToString())),
            ],
        }.Build();

        void Symbol(string name, int section)
        {
            byte[] entry = new byte[Is64Bit ? 24 : 16];
            if (name.Length > 0)
            {
                BinaryPrimitives.WriteInt32LittleEndian(entry, names.Length);
                names.Append(name).Append('\0');
                entry[Is64Bit ? 4 : 12] = 0x10;
            }
            BinaryPrimitives.WriteUInt16LittleEndian(entry.AsSpan(Is64Bit ? 6 : 14), (ushort)section);
            symbols.Write(entry);
        }
    }

    private static byte[] Texts(IEnumerable<string> texts) => Encoding.Latin1.GetBytes(string.Concat(texts.Select(text => text + "\0")));
}
