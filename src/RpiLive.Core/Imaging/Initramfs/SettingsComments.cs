namespace RpiLive.Core.Imaging.Initramfs;

/// <summary>The comment lines that this program writes into the live settings, to tell them from those of its users.</summary>
internal static class SettingsComments
{
    /// <summary>The first line.</summary>
    public const string Header = "# Live settings of RpiLive, read at each boot. One key=value a line.";

    /// <summary>What comes before stores and keep rules.</summary>
    public static IReadOnlyList<string> Persistence { get; } =
    [
        "# What is kept: keep=overlay STORE DIRECTORY, keep=bind STORE DIRECTORY, keep=tmpfs MIB DIRECTORY.",
        "# Nothing is with persistence=off, or as long as there is a file live/nokeep.",
    ];

    /// <summary>True for a line that <see cref="LiveSettings.Format"/> writes by itself.</summary>
    public static bool IsOurs(string line) => line == Header || Persistence.Contains(line);
}
