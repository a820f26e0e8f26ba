using RpiLive.Core.Imaging.Initramfs;

namespace RpiLive.Building;

/// <summary>What a change of the live settings writes.</summary>
internal static class SettingsChange
{
    /// <summary>The lines that go (-) and that come (+).</summary>
    public static IEnumerable<string> Between(LiveSettings before, LiveSettings after)
    {
        string[] old = Lines(before), now = Lines(after);
        return [.. old.Except(now).Select(line => "- " + line), .. now.Except(old).Select(line => "+ " + line)];
    }

    private static string[] Lines(LiveSettings settings) => settings.Format().Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
