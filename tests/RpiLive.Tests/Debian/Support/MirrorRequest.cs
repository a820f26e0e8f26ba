namespace RpiLive.Tests.Debian.Support;

/// <summary>A request that a <see cref="FakeMirror"/> got.</summary>
internal sealed record MirrorRequest(string Path, IReadOnlyDictionary<string, string> Headers)
{
    public string? this[string header] => Headers.GetValueOrDefault(header);
}
