namespace RpiLive.Core.Elf;

/// <summary>One entry of a symbol table ("System V ABI", chapter 4, "Symbol Table").</summary>
/// <param name="Name">The name as stored, without its ending zero; empty for symbols of sections.</param>
/// <param name="Section">Index of the section that defines it; 0 for an undefined symbol; from 0xFF00 on special.</param>
public readonly record struct ElfSymbol(ReadOnlyMemory<byte> Name, int Section)
{
    /// <summary>True when another file has to define it.</summary>
    public bool IsUndefined => Section == 0;
}
