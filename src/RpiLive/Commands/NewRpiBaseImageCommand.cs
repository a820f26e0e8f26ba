using System.Management.Automation;
using RpiLive.Building;
using RpiLive.Commands.Abstractions;
using RpiLive.Core.Debian.Archive;
using RpiLive.Core.Errors;
using RpiLive.Core.Imaging.Base;
using RpiLive.Errors;
using RpiLive.Isolation;
using RpiLive.Validation;

namespace RpiLive.Commands;

/// <summary>Makes small Debian images of Debian's packages, for live images to be made of.</summary>
[Cmdlet(VerbsCommon.New, "RpiBaseImage", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(RpiBaseImage))]
public class NewRpiBaseImageCommand : PathCommand
{
    private const long MaxSize = 2L << 40;

    /// <summary>The image file.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string DestinationPath { get; set; } = "";

    /// <summary>The release of Debian.</summary>
    [Parameter]
    [ValidateSet("bookworm", "trixie")]
    public string Suite { get; set; } = BaseSuite.All[0].Codename;

    /// <summary>What the image is for.</summary>
    [Parameter]
    [ValidateSet("Minimal", "Rescue")]
    public string Profile { get; set; } = BaseProfile.All[0].Name;

    /// <summary>More packages of Debian.</summary>
    [Parameter(Position = 1)]
    [ValidatePackageName]
    public string[] Package { get; set; } = [];

    /// <summary>Name of the computer.</summary>
    [Parameter]
    [ValidateHostName]
    public string HostName { get; set; } = "raspberrypi";

    /// <summary>Public keys that may log in as root by SSH.</summary>
    [Parameter]
    [ValidatePublicKey]
    public string[] AuthorizedKey { get; set; } = [];

    /// <summary>Size of the image in bytes.</summary>
    [Parameter]
    [ValidateRange(1L, MaxSize)]
    public long Size { get; set; }

    /// <summary>The archive of Debian.</summary>
    [Parameter]
    [ValidateMirror]
    public Uri Mirror { get; set; } = BaseImageOptions.DebianMirror;

    /// <summary>The archive of Debian's security updates.</summary>
    [Parameter]
    [ValidateMirror]
    public Uri? SecurityMirror { get; set; }

    /// <summary>A file of OpenPGP keys that sign the mirror besides Debian's own.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KeyringPath { get; set; }

    /// <summary>The folder that keeps indexes and packages.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CachePath { get; set; }

    /// <summary>Replace an existing destination.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        string destination = ResolveOrThrow(DestinationPath);
        if (Obstacle(destination) is { } obstacle)
            ThrowTerminatingError(obstacle);
        BaseImageOptions options = new()
        {
            DestinationPath = destination,
            CachePath = CachePath is null ? PackageCache.DefaultFolder : ResolveOrThrow(CachePath),
            Suite = BaseSuite.Find(Suite)!,
            Profile = BaseProfile.Find(Profile)!,
            Packages = Package,
            Mirror = Mirror,
            SecurityMirror = SecurityMirror ?? (MyInvocation.BoundParameters.ContainsKey(nameof(Mirror)) ? null : BaseImageOptions.DebianSecurityMirror),
            KeyringPath = KeyringPath is null ? null : ResolveExisting(KeyringPath, isFolder: false),
            HostName = HostName,
            AuthorizedKeys = AuthorizedKey,
            Length = Size,
            Overwrite = Force,
        };
        if (!ShouldProcess(destination, $"Make a {options.Profile.Name} base image of Debian {options.Suite.Codename}"))
            return;
        try
        {
            BaseImage image = MakePumped(options);
            WriteWithPath(new RpiBaseImage(image), image.Path);
            foreach (string warning in image.Warnings)
                WriteWarning(warning);
        }
        catch (ImageException error)
        {
            WriteError(CommandErrors.FromEngine(error, destination, destination));
        }
        catch (Exception error) when (error is not (RuntimeException or FlowControlException))
        {
            WriteError(CommandErrors.Unexpected(error, destination));
        }
    }

    private BaseImage MakePumped(BaseImageOptions options)
    {
        BaseMeter meter = new($"Making {System.IO.Path.GetFileName(options.DestinationPath)}", TimeProvider.System);
        return RunMetered(
            meter, cancellation => new BaseImageMaker(CodecLoader.Create(), CodecLoader.CreateSignatures(options.KeyringPath is { } keyring ? [keyring] : []), new MirrorOptions()).Make(options with { OnFact = meter.Note }, meter, cancellation), WriteSummary);
    }

    private void WriteSummary(BaseImage image) =>
        WriteStep($"{image.Packages.Count} packages, kernel {image.Kernel}, image of {ByteText.Of(image.Length)}.");

    private ErrorRecord? Obstacle(string destination)
    {
        if (Directory.Exists(destination))
            return CommandErrors.PathNotFile(destination);
        if (File.Exists(destination) && !Force)
            return CommandErrors.DestinationExists(destination);
        string folder = System.IO.Path.GetDirectoryName(destination) ?? destination;
        return Directory.Exists(folder) ? null : CommandErrors.DestinationFolderMissing(destination, folder);
    }
}
