using RpiLive.Core.Debian.Root;
using RpiLive.Core.Imaging.Edits;

namespace RpiLive.Core.Imaging.Base.Edits;

/// <summary>The root of a base image while it is made.</summary>
/// <param name="Editor">Its files.</param>
/// <param name="Packages">What was unpacked into it, in order.</param>
/// <param name="Recipe">What it is to be.</param>
/// <param name="Rules">What was left out of it.</param>
/// <param name="Replaced">Files that other packages have taken over.</param>
/// <param name="Accounts">Its users and groups.</param>
internal sealed record BaseRoot(RootEditor Editor, IReadOnlyList<InstalledPackage> Packages, BaseRecipe Recipe, PathRules Rules,
    IReadOnlySet<(string Package, string Path)> Replaced, Accounts Accounts)
{
    /// <summary>True when a package is there.</summary>
    public bool Has(string package) => Packages.Any(candidate => candidate.Name == package);

    /// <summary>Copies a regular file, if it is there and the copy is not.</summary>
    public void CopyOnce(string source, string destination)
    {
        if (!Editor.Exists(destination) && Editor.ReadText(source) is { } text)
            Editor.PutFile(destination, System.Text.Encoding.Latin1.GetBytes(text));
    }
}
