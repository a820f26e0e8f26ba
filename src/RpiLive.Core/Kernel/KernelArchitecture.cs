namespace RpiLive.Core.Kernel;

/// <summary>What a kernel is built for.</summary>
public enum KernelArchitecture
{
    /// <summary>Cannot be told from the file.</summary>
    Unknown,

    /// <summary>32-bit Arm.</summary>
    Arm,

    /// <summary>64-bit Arm.</summary>
    Arm64,
}
