namespace RpiLive.Core.Xz;

/// <summary>How a run of <see cref="LzmaDecoder"/> ended.</summary>
internal enum LzmaFault
{
    /// <summary>The bytes asked for are there.</summary>
    None,

    /// <summary>The packed bytes of the chunk do not last for its content.</summary>
    InputTooShort,

    /// <summary>A match reaches back behind the start of the dictionary.</summary>
    BadDistance,
}
