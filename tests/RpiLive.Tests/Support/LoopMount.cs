namespace RpiLive.Tests.Support;

/// <summary>An image that the kernel of the host has mounted. Needs root.</summary>
internal sealed class LoopMount : IDisposable
{
    private bool _isMounted = true;

    public LoopMount(string image, string type, string options = "ro")
    {
        Path = Directory.CreateTempSubdirectory("rpilive-mount-").FullName;
        (int exitCode, string output) = Tools.TryRun("mount", "-t", type, "-o", "loop," + options, image, Path);
        if (exitCode != 0)
        {
            Directory.Delete(Path);
            Assert.Fail($"mount of {image} exited {exitCode}: {output}");
        }
    }

    /// <summary>Where the files are.</summary>
    public string Path { get; }

    public void Dispose()
    {
        if (!_isMounted)
            return;
        _isMounted = false;
        Tools.Run("umount", Path);
        Directory.Delete(Path);
    }
}
