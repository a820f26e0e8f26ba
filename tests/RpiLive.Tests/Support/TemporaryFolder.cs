namespace RpiLive.Tests.Support;

/// <summary>A folder that is gone with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("rpilive-test-").FullName;

    public string this[string name] => System.IO.Path.Join(Path, name);

    public void Dispose()
    {
        // .NET cannot name files that are not UTF-8, and some tests unpack such.
        if (OperatingSystem.IsWindows())
            Directory.Delete(Path, recursive: true);
        else
            Tools.Run("rm", "-rf", Path);
    }
}
