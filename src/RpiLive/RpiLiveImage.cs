using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Imaging.Persistence;

namespace RpiLive;

/// <summary>A live image file, as New-RpiLiveImage and Get-RpiLiveImage write it to the pipeline. Immutable; holds no file open.</summary>
public sealed class RpiLiveImage
{
    internal RpiLiveImage(LiveImage image)
    {
        Path = image.Path;
        Length = image.Length;
        SourceName = image.SourceName;
        SourceSha256 = image.SourceSha256;
        Distribution = image.Distribution;
        Architecture = image.Architecture;
        Flavours = image.Flavours.Select(flavour => new RpiLiveFlavour(flavour)).ToArray();
        Models = image.Flavours.SelectMany(flavour => flavour.Models).Distinct(StringComparer.Ordinal).ToArray();
        RootMode = image.RootMode;
        RootLength = image.RootLength;
        RootUnpackedLength = image.RootUnpackedLength;
        RootSha256 = image.RootSha256;
        Compression = image.Compression;
        BlockSize = image.BlockSize;
        RequiredMemory = image.RequiredMemory;
        Reserve = (long)image.Reserve << 20;
        UpperSize = image.UpperSize.IsPercent ? image.UpperSize.ToString() : $"{image.UpperSize}MB";
        OnLowMemory = image.OnLowMemory;
        Zram = image.Zram is { } zram ? new RpiLiveZram(zram) : null;
        PersistenceEnabled = image.Persistence.Enabled;
        KeepRules = image.Persistence.Rules.Select(rule => new RpiLiveKeepRule(rule)).ToArray();
        Stores = image.Persistence.Stores.Select(store => new RpiLiveStore(store, store.Kind == StoreKind.Partition ? image.Partition?.Length : image.Container?.Length)).ToArray();
        MachineIdStore = image.Persistence.MachineIdStore;
        Edits = image.Edits.Select(edit => new RpiLiveEdit(edit)).ToArray();
        Warnings = image.Warnings.ToArray();
        Damage = image.Damage.ToArray();
    }

    /// <summary>File name of the image.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Full path of the image file.</summary>
    public string Path { get; }

    /// <summary>Size of the image file in bytes.</summary>
    public long Length { get; }

    /// <summary>File name of the stock image that it was made from.</summary>
    public string SourceName { get; }

    /// <summary>SHA-256 of that file, lower-case hex.</summary>
    public string SourceSha256 { get; }

    /// <summary>Distribution, such as <c>Raspberry Pi OS 12 (bookworm)</c>.</summary>
    public string Distribution { get; }

    /// <summary>Debian architecture of the user land: arm64 or armhf.</summary>
    public string Architecture { get; }

    /// <summary>The kernels with their initramfs files.</summary>
    public IReadOnlyList<RpiLiveFlavour> Flavours { get; }

    /// <summary>The Pi models that at least one of the kernels serves.</summary>
    public IReadOnlyList<string> Models { get; }

    /// <summary>Where the root lives at run time.</summary>
    public RootMode RootMode { get; }

    /// <summary>Bytes of the compressed root (live/root.squashfs).</summary>
    public long RootLength { get; }

    /// <summary>Bytes of all files of the root before compression.</summary>
    public long RootUnpackedLength { get; }

    /// <summary>SHA-256 of the compressed root, lower-case hex.</summary>
    public string RootSha256 { get; }

    /// <summary>Compression of the root: zstd or gzip.</summary>
    public string Compression { get; }

    /// <summary>Block size of the compressed root in bytes.</summary>
    public int BlockSize { get; }

    /// <summary>Bytes of RAM that a Pi needs to run the root from RAM.</summary>
    public long RequiredMemory { get; }

    /// <summary>Bytes of RAM that must stay available after the root was copied there.</summary>
    public long Reserve { get; }

    /// <summary>The most RAM that what is written can take: percent such as <c>50%</c>, or a size such as <c>256MB</c>.</summary>
    public string UpperSize { get; }

    /// <summary>What the boot does when the root does not fit in RAM.</summary>
    public OnLowMemory OnLowMemory { get; }

    /// <summary>Swap on zram; null for none.</summary>
    public RpiLiveZram? Zram { get; }

    /// <summary>False when the settings switch keeping off (persistence=off).</summary>
    public bool PersistenceEnabled { get; }

    /// <summary>The directories that are kept.</summary>
    public IReadOnlyList<RpiLiveKeepRule> KeepRules { get; }

    /// <summary>Where data are kept.</summary>
    public IReadOnlyList<RpiLiveStore> Stores { get; }

    /// <summary>Name of the store that keeps the machine id; null where it follows from the board.</summary>
    public string? MachineIdStore { get; }

    /// <summary>The changes made to the root of the stock image.</summary>
    public IReadOnlyList<RpiLiveEdit> Edits { get; }

    /// <summary>What the user should know of this image.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>What of the image could not be read; empty for a sound one.</summary>
    public IReadOnlyList<string> Damage { get; }

    /// <summary>The full path.</summary>
    public override string ToString() => Path;
}
