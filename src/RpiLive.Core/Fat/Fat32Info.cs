namespace RpiLive.Core.Fat;

/// <summary>The sector with the count of free clusters (Microsoft FAT specification 1.03, "FSInfo Structure").</summary>
internal static class Fat32Info
{
    public const uint LeadSignature = 0x41615252;
    public const uint StructureSignature = 0x61417272;
    public const uint TrailSignature = 0xAA550000;
    public const int StructureOffset = 484;
    public const int FreeOffset = 488;

    /// <summary>Where the cluster stands that was given out last.</summary>
    public const int HintOffset = 492;
    public const int TrailOffset = 508;

    /// <summary>Either number is not known.</summary>
    public const uint Unknown = 0xFFFFFFFF;
}
