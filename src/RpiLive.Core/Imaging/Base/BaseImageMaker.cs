using RpiLive.Core.Compression;
using RpiLive.Core.Debian.Archive;
using RpiLive.Core.Debian.Packages;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Imaging.Base;

/// <summary>Makes a base image of packages that come from mirrors of Debian, by way of a cache.</summary>
/// <param name="codecs">The codecs that the base class library lacks.</param>
/// <param name="signatures">Verifies the Release files.</param>
/// <param name="mirrors">How mirrors are asked.</param>
public sealed class BaseImageMaker(ICodecs codecs, IReleaseSignatures signatures, MirrorOptions mirrors)
{
    /// <summary>Makes the image; the destination appears whole at the end or not at all.</summary>
    /// <param name="options">What to make.</param>
    /// <param name="progress">Told how far the work is, from several threads; may be null.</param>
    /// <param name="cancellation">Stops the work; of it only downloads stay, in the cache.</param>
    /// <exception cref="ImageException">Anything that is wrong with mirrors, packages, cache or destination.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public BaseImage Make(BaseImageOptions options, IProgress<BaseProgress>? progress, CancellationToken cancellation)
    {
        try
        {
            return MakeOnline(options, progress, cancellation);
        }
        catch (ImageException e) when (e.ErrorId == ErrorIds.MirrorUnreachable)
        {
            throw new ImageException(e.ErrorId, e.Kind, $"{e.Message.TrimEnd('.')}; the cache {options.CachePath} does not have it.", e.RecommendedAction, e);
        }
        catch (ImageException e) when (e.ErrorId is ErrorIds.ScratchFull or ErrorIds.ScratchUnwritable)
        {
            throw new ImageException(e.ErrorId, e.Kind, e.Message, "Free some space on the disk of the image, or choose another destination: packages are unpacked beside it.", e);
        }
    }

    private BaseImage MakeOnline(BaseImageOptions options, IProgress<BaseProgress>? progress, CancellationToken cancellation)
    {
        using DestinationFile destination = new(options.DestinationPath, options.Overwrite);
        using MirrorClient client = new(new PackageCache(options.CachePath), mirrors);
        progress?.Report(new(BaseStage.Indexes, 0, 0));
        PackageSelection selection = PackageSelection.Make(options, client, signatures, cancellation);
        HostMemory.Return();

        BaseRecipe recipe = MakeRecipe(options, selection, Fetch(selection, client, progress, cancellation));
        (long length, string kernel) = new BaseImageBuilder(codecs).Build(recipe, destination, progress, cancellation);
        return new BaseImage(
            destination.Path, length, options.Suite.Codename, options.Profile.Name, options.HostName, kernel,
            [.. recipe.Packages.Select(package => new BasePackage(package.Name, package.Version)).OrderBy(package => package.Name, StringComparer.Ordinal)],
            Warnings(options, selection));
    }

    private static IReadOnlyList<string> Fetch(PackageSelection selection, MirrorClient client, IProgress<BaseProgress>? progress, CancellationToken cancellation)
    {
        ForwardedProgress<DownloadProgress> downloads = new(value => progress?.Report(new(BaseStage.Packages, value.BytesDone, value.BytesTotal)));
        return client.Fetch(
            [.. selection.Packages.Append(selection.Firmware).Select(package => DownloadRequest.ForFile((Uri)package.Repository, package.FileName, package.Size, package.Sha256))],
            downloads, cancellation);
    }

    private static BaseRecipe MakeRecipe(BaseImageOptions options, PackageSelection selection, IReadOnlyList<string> paths)
    {
        PackageFile[] files = [.. selection.Packages.Append(selection.Firmware).Zip(paths, (package, path) => new PackageFile(package.Name, package.Version.ToString(), package.Sha256, path))];
        return new BaseRecipe
        {
            Suite = options.Suite,
            Profile = options.Profile,
            HostName = options.HostName,
            AuthorizedKeys = options.AuthorizedKeys,
            Origins = selection.Origins,
            Length = options.Length,
            Keyring = options.KeyringPath is { } keyring ? File.ReadAllBytes(keyring) : null,
            Packages = files[..^1],
            Firmware = files[^1],
        };
    }

    private static IReadOnlyList<string> Warnings(BaseImageOptions options, PackageSelection selection) => options.SecurityMirror is null
        ? [.. selection.Warnings, $"The packages are those of {options.Mirror} alone: without -SecurityMirror there are no security updates among them."]
        : selection.Warnings;
}
