using RpiLive.Tests.Support;

namespace RpiLive.Tests.Ext4;

/// <summary>A directory of the host with names that .NET cannot delete.</summary>
internal sealed class SourceTree : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("rpilive-tree-").FullName;

    public void Dispose() => Tools.Run("rm", "-rf", Path);
}
