namespace RpiLive.Core.Testing;

/// <summary>Why checks are skipped.</summary>
internal static class Reasons
{
    public const string NoBootVolume = "The boot volume cannot be read.";

    public const string NoRoot = "The live root cannot be read.";

    public const string NoSettings = "The live settings cannot be read.";

    public const string NoDocument = "live/image.json cannot be read.";
}
