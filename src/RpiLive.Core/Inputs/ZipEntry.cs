namespace RpiLive.Core.Inputs;

/// <summary>A file in a ZIP archive, as the central directory tells it.</summary>
internal sealed record ZipEntry
{
    public required string Name { get; init; }

    /// <summary>The name as it is stored.</summary>
    public required byte[] NameBytes { get; init; }

    public required ushort Flags { get; init; }

    public required ushort Method { get; init; }

    public required uint Crc { get; init; }

    /// <summary>Size in the archive in bytes.</summary>
    public required long PackedLength { get; init; }

    /// <summary>Unpacked size in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>Offset of the local header.</summary>
    public required long HeaderOffset { get; init; }
}
