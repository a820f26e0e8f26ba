using System.Collections.Concurrent;

namespace RpiLive.Tests.Debian.Support;

/// <summary>A file of a <see cref="FakeMirror"/>.</summary>
internal sealed class MirrorFile(byte[] content)
{
    public byte[] Content { get; } = content;

    /// <summary>Null for none.</summary>
    public string? ETag { get; set; }

    /// <summary>Null for none.</summary>
    public string? LastModified { get; set; }

    /// <summary>What goes wrong with the next requests, one each.</summary>
    public ConcurrentQueue<Fault> Faults { get; } = new();

    /// <summary>What goes wrong with every request after those; null for nothing.</summary>
    public Fault? Always { get; set; }
}
