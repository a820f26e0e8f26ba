using System.Diagnostics.CodeAnalysis;

namespace RpiLive.Core.Elf;

/// <summary>The kind of an ELF file (e_type, "System V ABI"); other values can occur.</summary>
[SuppressMessage("Design", "CA1028", Justification = "The format's own width.")]
public enum ElfType : ushort
{
    /// <summary>Not said.</summary>
    None = 0,

    /// <summary>Object file; a kernel module is one.</summary>
    Relocatable = 1,

    /// <summary>Program at a fixed address.</summary>
    Executable = 2,

    /// <summary>Shared library or position-independent program.</summary>
    Shared = 3,
}
