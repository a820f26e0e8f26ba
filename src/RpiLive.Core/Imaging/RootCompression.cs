namespace RpiLive.Core.Imaging;

/// <summary>How the live root is compressed.</summary>
public enum RootCompression
{
    /// <summary>Zstandard where every kernel of the image can read it, else gzip.</summary>
    Auto,

    /// <summary>Zstandard.</summary>
    Zstd,

    /// <summary>Gzip (zlib), which every kernel reads.</summary>
    Gzip,
}
