namespace RpiLive.Core.Imaging.Base;

/// <summary>A release of Debian that a base image can be made of.</summary>
/// <param name="Codename">Its name in the archive, such as <c>bookworm</c>.</param>
public sealed record BaseSuite(string Codename)
{
    /// <summary>Those that are known, the one to take by default first.</summary>
    public static IReadOnlyList<BaseSuite> All { get; } = [new("bookworm"), new("trixie")];

    /// <summary>The parts of the archive that are looked at; the firmware of the Pi lies in the second.</summary>
    public static IReadOnlyList<string> Components { get; } = ["main", "non-free-firmware"];

    /// <summary>The suite of a name; null where it is none of <see cref="All"/>.</summary>
    public static BaseSuite? Find(string codename) => All.FirstOrDefault(suite => suite.Codename.Equals(codename, StringComparison.OrdinalIgnoreCase));
}
