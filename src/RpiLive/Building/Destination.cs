namespace RpiLive.Building;

/// <summary>Where the live images of one command go: one file, or a folder that names each after its stock image.</summary>
internal sealed class Destination
{
    private static readonly string[] s_packings = [".xz", ".zst", ".gz", ".bz2", ".zip"];
    private readonly string _path;

    /// <summary>A destination.</summary>
    /// <param name="given">What the user wrote; a separator at its end means a folder.</param>
    /// <param name="full">The full path that it means.</param>
    public Destination(string given, string full)
    {
        _path = full;
        IsFolder = given[^1] is '/' or '\\' || Directory.Exists(full);
    }

    /// <summary>True for a folder, existing or to be made.</summary>
    public bool IsFolder { get; }

    /// <summary>The folder that takes the images.</summary>
    public string Folder => IsFolder ? _path : Path.GetDirectoryName(_path) ?? _path;

    /// <summary>The live image of one stock image: in a folder <c>name.img.xz</c> becomes <c>name-live.img</c>.</summary>
    public string For(string source) => IsFolder ? Path.Join(_path, LiveName(Path.GetFileName(source))) : _path;

    private static string LiveName(string stockName)
    {
        string name = stockName;
        if (s_packings.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase))
            name = Path.GetFileNameWithoutExtension(name);
        if (Path.GetExtension(name).Equals(".img", StringComparison.OrdinalIgnoreCase))
            name = Path.GetFileNameWithoutExtension(name);
        return name + "-live.img";
    }
}
