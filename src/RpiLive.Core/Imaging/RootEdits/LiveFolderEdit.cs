namespace RpiLive.Core.Imaging.Edits;

/// <summary>The folder that marks a root as live and takes what RpiLive itself adds.</summary>
internal sealed class LiveFolderEdit : IRootEdit
{
    /// <summary>The folder.</summary>
    public const string Path = "/usr/lib/rpilive";

    public string Name => "live-folder";

    public string Reason => "Marks the root as live, and holds what the live system needs at run time.";

    public void Apply(RootEditor root) => root.MakeFolder(Path);
}
