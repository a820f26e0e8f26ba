using System.Diagnostics.CodeAnalysis;

namespace RpiLive.Core.Elf;

/// <summary>The processor that an ELF file is for (e_machine, "System V ABI"); other values can occur.</summary>
[SuppressMessage("Design", "CA1028", Justification = "The format's own width.")]
public enum ElfMachine : ushort
{
    /// <summary>Not said.</summary>
    None = 0,

    /// <summary>32-bit x86.</summary>
    X86 = 3,

    /// <summary>32-bit Arm.</summary>
    Arm = 40,

    /// <summary>64-bit x86.</summary>
    X64 = 62,

    /// <summary>64-bit Arm.</summary>
    Arm64 = 183,

    /// <summary>RISC-V.</summary>
    RiscV = 243,
}
