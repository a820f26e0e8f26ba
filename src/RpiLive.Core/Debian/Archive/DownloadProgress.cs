namespace RpiLive.Core.Debian.Archive;

/// <summary>How far several downloads are. What the cache has counts as done.</summary>
/// <param name="BytesDone">Bytes that are there; less than before where a file is begun anew.</param>
/// <param name="BytesTotal">Bytes of all files.</param>
/// <param name="FilesDone">Files that are there and verified.</param>
/// <param name="FilesTotal">All files.</param>
/// <param name="Current">Names of the files under way, in the order in which they were begun.</param>
public readonly record struct DownloadProgress(long BytesDone, long BytesTotal, int FilesDone, int FilesTotal, IReadOnlyList<string> Current);
