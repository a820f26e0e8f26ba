namespace RpiLive.Core.Debian.Packages;

/// <summary>Where a field lies in the text of its paragraph, in bytes.</summary>
internal readonly record struct ControlField(int Name, int NameLength, int Value, int ValueLength);
