namespace RpiLive.Core.Kernel;

/// <summary>How a kernel was configured in one point.</summary>
public enum KernelOption
{
    /// <summary>The configuration is not known.</summary>
    Unknown,

    /// <summary>Left out.</summary>
    No,

    /// <summary>A module.</summary>
    Module,

    /// <summary>Built in, or switched on.</summary>
    Yes,
}
