using System.Reflection;

namespace RpiLive.Tests.Module;

/// <summary>Full paths of what the build made for the tests.</summary>
internal static class Subjects
{
    /// <summary>The manifest of the staged module.</summary>
    public static string Module { get; } = PathOf(nameof(Module));

    /// <summary>The package of that module.</summary>
    public static string Package { get; } = PathOf(nameof(Package));

    /// <summary>The host program.</summary>
    public static string Host { get; } = PathOf(nameof(Host));

    /// <summary>ZstdSharp.dll in another version than the module's.</summary>
    public static string OldZstd { get; } = PathOf(nameof(OldZstd));

    /// <summary>The folder of the repository.</summary>
    public static string Repository { get; } = Path.GetDirectoryName(PathOf(nameof(Repository)))!;

    private static string PathOf(string key) => Path.GetFullPath(
        typeof(Subjects).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == key).Value!.Replace('\\', '/'),
        AppContext.BaseDirectory);
}
