namespace RpiLive.Core.Inputs;

/// <summary>How an image file is packed.</summary>
public enum ImageFormat
{
    /// <summary>Not at all: the bytes of the disk.</summary>
    Raw,

    /// <summary>The .xz file format.</summary>
    Xz,

    /// <summary>gzip (RFC 1952).</summary>
    Gzip,

    /// <summary>Zstandard (RFC 8878).</summary>
    Zstd,

    /// <summary>A ZIP archive with an image among its files.</summary>
    Zip,
}
