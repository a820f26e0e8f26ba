using RpiLive.Core.Debian.Archive;
using RpiLive.Core.Debian.Packages;
using RpiLive.Core.Errors;

namespace RpiLive.Core.Imaging.Base;

/// <summary>The packages of a base image, as the indexes of the mirrors have them.</summary>
/// <param name="Packages">What goes into the root, each after what it depends on where there is no cycle.</param>
/// <param name="Firmware">The firmware of the Pi, for the boot volume alone.</param>
/// <param name="Origins">Where they come from.</param>
/// <param name="Warnings">What the user should know.</param>
internal sealed record PackageSelection(
    IReadOnlyList<Package> Packages, Package Firmware, IReadOnlyList<PackageOrigin> Origins, IReadOnlyList<string> Warnings)
{
    private const string FirmwarePackage = "raspi-firmware";

    /// <summary>Fetches the indexes and chooses.</summary>
    /// <exception cref="ImageException">An error of the mirrors or their indexes, or of packages that cannot be had together.</exception>
    public static PackageSelection Make(BaseImageOptions options, MirrorClient client, IReleaseSignatures signatures, CancellationToken cancellation)
    {
        IReadOnlyList<PackageOrigin> origins = OriginsOf(options);
        ReleaseFetcher fetcher = new(client, signatures);
        SuiteRelease[] releases = [.. from origin in origins from suite in origin.Suites select fetcher.Fetch(origin.Mirror, suite, cancellation)];
        PackageIndex index = new();
        foreach (PackagesIndex packages in new IndexFetcher(client).Fetch(releases, BaseSuite.Components, PackageIndex.Architecture, null, cancellation))
        {
            using Stream text = packages.Open(cancellation);
            int count = index.Add(text, packages.Name, packages.Release.Mirror);
            options.OnFact?.Invoke($"{packages.Release.Mirror} {packages.Name}: {count:N0} packages, Release file of {packages.Release.File.Date:yyyy-MM-dd}, signed by {packages.Release.Signature.Signer}.");
        }
        IReadOnlyList<Package> chosen = new PackageResolver(index).Resolve(new PackageRequest { Wanted = [.. options.Profile.Packages, .. Extra(options)] });
        if (!index.TryFind(FirmwarePackage, out Package? firmware))
        {
            throw new ImageException(ErrorIds.PackageMissing, ImageErrorKind.Missing, $"{options.Mirror}: there is no package {FirmwarePackage} in {options.Suite.Codename}.",
                "Use a mirror with the component non-free-firmware.");
        }
        foreach (Package package in chosen.Append(firmware))
            options.OnFact?.Invoke($"{package.Name} {package.Version} ({package.FileName}).");
        return new PackageSelection(chosen, firmware, origins, [.. releases.SelectMany(release => release.Warnings).Distinct(StringComparer.Ordinal)]);
    }

    private static IEnumerable<string> Extra(BaseImageOptions options) =>
        options.AuthorizedKeys.Count > 0 ? options.Packages.Append("openssh-server") : options.Packages;

    private static IReadOnlyList<PackageOrigin> OriginsOf(BaseImageOptions options)
    {
        string suite = options.Suite.Codename;
        PackageOrigin main = new(options.Mirror, [suite, suite + "-updates"]);
        return options.SecurityMirror is { } security ? [main, new(security, [suite + "-security"])] : [main];
    }
}
