namespace RpiLive.Core.Debian.Archive;

/// <summary>Adds up what several transfers report. Safe for several threads; reports come one at a time.</summary>
internal sealed class TransferMeter(long bytesTotal, int filesTotal, IProgress<DownloadProgress>? progress)
{
    private readonly Lock _gate = new();
    private readonly List<DownloadRequest> _current = [];
    private readonly Dictionary<DownloadRequest, long> _done = [];
    private long _bytesDone;
    private int _filesDone;

    public void Begin(DownloadRequest request)
    {
        lock (_gate)
        {
            _current.Add(request);
            Report();
        }
    }

    public void Advance(DownloadRequest request, long done)
    {
        lock (_gate)
        {
            Note(request, done);
            Report();
        }
    }

    public void End(DownloadRequest request)
    {
        lock (_gate)
        {
            _current.Remove(request);
            Note(request, request.Size);
            _filesDone++;
            Report();
        }
    }

    private void Note(DownloadRequest request, long done)
    {
        _bytesDone += done - _done.GetValueOrDefault(request);
        _done[request] = done;
    }

    private void Report() => progress?.Report(new(_bytesDone, bytesTotal, _filesDone, filesTotal, [.. _current.Select(request => request.Name)]));
}
