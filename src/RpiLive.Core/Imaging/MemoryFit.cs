namespace RpiLive.Core.Imaging;

/// <summary>How a live image runs on a board with so much RAM.</summary>
public enum MemoryFit
{
    /// <summary>It does not: too little RAM for the mode that is set.</summary>
    DoesNotFit,

    /// <summary>From the medium, which must stay in.</summary>
    Medium,

    /// <summary>From RAM.</summary>
    Ram,

    /// <summary>It does not: the image has no kernel for the board.</summary>
    NoKernel,
}
