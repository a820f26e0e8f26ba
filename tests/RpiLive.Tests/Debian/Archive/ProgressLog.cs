using RpiLive.Core.Debian.Archive;

namespace RpiLive.Tests.Debian.Archive;

/// <summary>All reports of progress.</summary>
internal sealed class ProgressLog(Action<DownloadProgress>? then = null) : IProgress<DownloadProgress>
{
    public List<DownloadProgress> Reports { get; } = [];

    public void Report(DownloadProgress value)
    {
        Reports.Add(value);
        then?.Invoke(value);
    }
}
