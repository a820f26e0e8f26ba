namespace RpiLive.Core.Imaging.Initramfs;

/// <summary>The shell that runs on the Pi, embedded in this assembly.</summary>
internal static class BootScripts
{
    private const string Prefix = "Boot/";

    /// <summary>The script at a path below <c>Boot/</c>, such as <c>init</c>.</summary>
    public static byte[] Read(string path)
    {
        using Stream stream = Open(ResourceNames().Single(name => PathOf(name) == path));
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>The paths of the parts of /init below <c>Boot/</c>, in order.</summary>
    public static IEnumerable<string> Parts() => Below("parts/");

    /// <summary>The paths of the parts of the command rpilive below <c>Boot/</c>, in order, without those that it shares with /init.</summary>
    public static IEnumerable<string> CommandParts() => Below("live/command/");

    private static IEnumerable<string> Below(string folder) =>
        ResourceNames().Select(PathOf).Where(path => path.StartsWith(folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private static IEnumerable<string> ResourceNames() =>
        typeof(BootScripts).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal));

    private static Stream Open(string name) => typeof(BootScripts).Assembly.GetManifestResourceStream(name)!;

    /// <summary>A build on Windows puts backslashes into the names.</summary>
    private static string PathOf(string name) => name[Prefix.Length..].Replace('\\', '/');
}
