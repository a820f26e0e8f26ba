using System.Globalization;
using RpiLive.Core.Errors;

namespace RpiLive.Core.Debian.Archive;

/// <summary>Fetches the Release files of suites and verifies them.</summary>
/// <param name="client">The way to the mirrors, and the cache.</param>
/// <param name="signatures">The judge of signatures.</param>
public sealed class ReleaseFetcher(MirrorClient client, IReleaseSignatures signatures)
{
    /// <summary>How far a clock may be off before a user is told.</summary>
    private static readonly TimeSpan s_clockTolerance = TimeSpan.FromHours(1);

    /// <summary>Fetches <c>dists/SUITE/InRelease</c>. Without a connection, the one of the last time does.</summary>
    /// <param name="mirror">The root of the mirror: http or https.</param>
    /// <param name="suite">The suite by its codename, such as <c>trixie</c>, <c>trixie-updates</c> or <c>trixie-security</c>.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="ImageException">
    /// <see cref="ErrorIds.MirrorUnreachable"/>, <see cref="ErrorIds.DownloadMissing"/>; <see cref="ErrorIds.SignatureInvalid"/>;
    /// <see cref="ErrorIds.ReleaseExpired"/>: too old, or older than one that was there before; <c>CorruptRelease</c>: damaged, or of
    /// another suite; <see cref="ErrorIds.KeyringUnusable"/>, <see cref="ErrorIds.CacheFull"/> or <see cref="ErrorIds.CacheUnusable"/>.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public SuiteRelease Fetch(Uri mirror, string suite, CancellationToken cancellation)
    {
        Uri uri = MirrorPath.Combine(mirror, $"dists/{suite}/InRelease");
        CachedRelease? known = client.Cache.ReadRelease(uri);
        SuiteRelease? last = known is null ? null : TryVerify(known, mirror, suite, uri);
        CachedRelease? fetched;
        try
        {
            fetched = client.FetchRelease(uri, last is null ? null : known, cancellation);
        }
        catch (ImageException e) when (e.ErrorId == ErrorIds.MirrorUnreachable && last is not null)
        {
            return last with { IsFromCache = true, Warnings = OfflineWarnings(last, e) };
        }
        SuiteRelease release = fetched is null ? last! : Verify(fetched, mirror, suite, uri);
        CheckAge(release, last, uri);
        if (fetched is not null)
            client.Cache.WriteRelease(uri, fetched);
        return release.File.Date > client.Options.Clock.GetUtcNow() + s_clockTolerance
            ? release with { Warnings = [$"{suite}: its Release file is of {Format(release.File.Date)}, which is still to come; check the clock of this machine."] }
            : release;
    }

    private static ImageException Expired(Uri uri, string what) => new(
        ErrorIds.ReleaseExpired, ImageErrorKind.Corrupt, $"{uri}: {what}.",
        "Check the clock of this machine, then name another mirror: this one is not kept up to date, or somebody serves an old state of it.");

    private static string Format(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>What the cache has is worth no error: it may come from other trusted keys, or be damaged.</summary>
    private SuiteRelease? TryVerify(CachedRelease release, Uri mirror, string suite, Uri uri)
    {
        try
        {
            return Verify(release, mirror, suite, uri);
        }
        catch (ImageException e) when (e.ErrorId is ErrorIds.SignatureInvalid or "CorruptRelease")
        {
            return null;
        }
    }

    private SuiteRelease Verify(CachedRelease release, Uri mirror, string suite, Uri uri)
    {
        string name = uri.ToString();
        SignedText signed = signatures.Verify(release.Content, name);
        ReleaseFile file = ReleaseFile.Read(signed.Text, name);
        if (file.Codename != suite)
        {
            throw ReleaseErrors.Corrupt(name,
                $"it is the Release file of '{MirrorPath.Printable(file.Codename)}', not of {suite}; suites are asked for by their codenames");
        }
        return new SuiteRelease(mirror, suite, file, signed, IsFromCache: false, Warnings: []);
    }

    private void CheckAge(SuiteRelease release, SuiteRelease? last, Uri uri)
    {
        if (release.File.ValidUntil is { } until && until < client.Options.Clock.GetUtcNow())
            throw Expired(uri, $"the Release file of {release.Suite} was valid until {Format(until)}");
        if (release.File.Date < last?.File.Date)
        {
            throw Expired(uri,
                $"the Release file of {release.Suite} is of {Format(release.File.Date)}, older than the one of {Format(last.File.Date)} that was there before");
        }
    }

    private List<string> OfflineWarnings(SuiteRelease last, ImageException cause)
    {
        List<string> warnings = [$"{last.Suite}: the state of {Format(last.File.Date)} is used. {cause.Message}"];
        if (last.File.ValidUntil is { } until && until < client.Options.Clock.GetUtcNow())
            warnings.Add($"{last.Suite}: this state was valid until {Format(until)}; updates that fix security holes may be missing.");
        return warnings;
    }
}
