namespace RpiLive.Core.Errors;

/// <summary>What an <see cref="ImageException"/> is about; the cmdlets turn it into a PowerShell error category.</summary>
public enum ImageErrorKind
{
    /// <summary>The input breaks the rules of its format: cut short, damaged or forged.</summary>
    Corrupt,

    /// <summary>The input is sound but uses something that RpiLive does not know.</summary>
    Unsupported,

    /// <summary>Something that the work needs is not in the input, such as a kernel or busybox.</summary>
    Missing,

    /// <summary>The destination cannot take the result: exists already, no space, no rights, too large for its format.</summary>
    Destination,

    /// <summary>The host refused to read the input.</summary>
    Unreadable,

    /// <summary>What was asked for breaks a rule of live images, whatever the input.</summary>
    Request,
}
