using RpiLive.Core.Errors;

namespace RpiLive.Core.Debian.Archive;

/// <summary>Fetches the Packages files of suites.</summary>
/// <param name="client">The way to the mirrors, and the cache.</param>
public sealed class IndexFetcher(MirrorClient client)
{
    /// <summary>The packings, the smallest first.</summary>
    private static readonly string[] s_names = ["Packages.xz", "Packages.gz", "Packages"];

    /// <summary>Fetches the indexes of components for an architecture, and for <c>all</c> where a suite has those apart.</summary>
    /// <param name="releases">The suites.</param>
    /// <param name="components">The components, such as <c>main</c>; each suite must have each.</param>
    /// <param name="architecture">Debian's name of it, such as <c>arm64</c>.</param>
    /// <param name="progress">Told how far the work is, from several threads, one at a time; may be null.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>The indexes by suite, then component, in the order given.</returns>
    /// <exception cref="ImageException">
    /// What <see cref="MirrorClient.Fetch"/> throws; <see cref="ErrorIds.DownloadMissing"/> also when a suite has no such index.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public IReadOnlyList<PackagesIndex> Fetch(
        IReadOnlyList<SuiteRelease> releases, IReadOnlyList<string> components, string architecture,
        IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        (SuiteRelease Release, string Component, ReleaseEntry Entry)[] wanted =
            [.. from release in releases from component in components from entry in Choose(release, component, architecture) select (release, component, entry)];
        IReadOnlyList<string> paths = client.Fetch([.. wanted.Select(index => Request(index.Release, index.Entry))], progress, cancellation);
        return [.. wanted.Zip(paths, (index, path) => new PackagesIndex(index.Release, index.Component, index.Entry, path))];
    }

    private static IEnumerable<ReleaseEntry> Choose(SuiteRelease release, string component, string architecture)
    {
        yield return Find(release, component, architecture) ?? throw new ImageException(
            ErrorIds.DownloadMissing, ImageErrorKind.Missing,
            $"{release.Mirror}: {release.Suite} has no packages of the component {component} for {architecture}.",
            $"Choose among its components ({MirrorPath.Printable(string.Join(", ", release.File.Components))}), or name another mirror.");
        if (!release.File.ListsAllEverywhere && Find(release, component, "all") is { } all)
            yield return all;
    }

    private static ReleaseEntry? Find(SuiteRelease release, string component, string architecture) => s_names
        .Select(name => release.File.Files.GetValueOrDefault($"{component}/binary-{architecture}/{name}"))
        .FirstOrDefault(entry => entry is not null);

    private static DownloadRequest Request(SuiteRelease release, ReleaseEntry entry)
    {
        string folder = entry.Path[..entry.Path.LastIndexOf('/')];
        Uri plain = release.UriOf(entry.Path);
        return new DownloadRequest(
            release.File.AcquireByHash ? release.UriOf($"{folder}/by-hash/SHA256/{entry.Sha256}") : plain, entry.Size, entry.Sha256)
        {
            Name = $"{release.Suite}/{entry.Path}",
            Alternative = plain,
        };
    }
}
