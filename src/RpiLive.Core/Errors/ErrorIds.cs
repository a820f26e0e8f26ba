namespace RpiLive.Core.Errors;

/// <summary>
/// The ids of errors that are not about one file format. Errors of a format are <c>Corrupt</c>X and <c>Unsupported</c>X
/// with X one of Xz, Gzip, Zstd, Zip, Mbr, Fat, Ext4, SquashFs, Elf, Kernel, Module, Cpio, Codec, BootFiles, Settings, LiveImage, Release (see <see cref="ImageException"/>).
/// </summary>
public static class ErrorIds
{
    /// <summary>The input ends before a structure that it promises.</summary>
    public const string ImageTruncated = nameof(ImageTruncated);

    /// <summary>The host cannot open or read the input.</summary>
    public const string ImageUnreadable = nameof(ImageUnreadable);

    /// <summary>The input is an archive, a packed file or a disk image of a kind that is not read.</summary>
    public const string FormatNotSupported = nameof(FormatNotSupported);

    /// <summary>An archive without an image among its files.</summary>
    public const string ImageMissing = nameof(ImageMissing);

    /// <summary>An archive with several images among its files.</summary>
    public const string ImageAmbiguous = nameof(ImageAmbiguous);

    /// <summary>The input has a GUID partition table only.</summary>
    public const string GptNotSupported = nameof(GptNotSupported);

    /// <summary>The input has no partition table.</summary>
    public const string NotPartitioned = nameof(NotPartitioned);

    /// <summary>No FAT boot partition among the partitions.</summary>
    public const string BootPartitionMissing = nameof(BootPartitionMissing);

    /// <summary>No ext4 root partition among the partitions.</summary>
    public const string RootPartitionMissing = nameof(RootPartitionMissing);

    /// <summary>The root holds no operating system that can be started.</summary>
    public const string OperatingSystemMissing = nameof(OperatingSystemMissing);

    /// <summary>The root has something in the way of a change that a live image needs.</summary>
    public const string RootUnusable = nameof(RootUnusable);

    /// <summary>No kernel on the boot volume.</summary>
    public const string KernelMissing = nameof(KernelMissing);

    /// <summary>A kernel on the boot volume has no modules in the root.</summary>
    public const string ModulesMissing = nameof(ModulesMissing);

    /// <summary>A kernel can do without module or built-in support something that the live boot needs.</summary>
    public const string KernelFeatureMissing = nameof(KernelFeatureMissing);

    /// <summary>No busybox in the root and none given.</summary>
    public const string BusyBoxMissing = nameof(BusyBoxMissing);

    /// <summary>The busybox cannot do what /init needs, or cannot run on the kernel.</summary>
    public const string BusyBoxUnsuitable = nameof(BusyBoxUnsuitable);

    /// <summary>A library that a program of the initramfs needs is not in the root.</summary>
    public const string LibraryMissing = nameof(LibraryMissing);

    /// <summary>The image is a live image already.</summary>
    public const string AlreadyLive = nameof(AlreadyLive);

    /// <summary>The image is not a live image.</summary>
    public const string NotLive = nameof(NotLive);

    /// <summary>The destination exists and overwriting was not asked for.</summary>
    public const string DestinationExists = nameof(DestinationExists);

    /// <summary>The stock image does not have the SHA-256 that was expected.</summary>
    public const string HashMismatch = nameof(HashMismatch);

    /// <summary>The destination lies on a disk without room for it.</summary>
    public const string DestinationFull = nameof(DestinationFull);

    /// <summary>The destination cannot be written.</summary>
    public const string DestinationUnwritable = nameof(DestinationUnwritable);

    /// <summary>The unpacked image does not fit on the disk of the scratch folder.</summary>
    public const string ScratchFull = nameof(ScratchFull);

    /// <summary>The unpacked image cannot be written to the scratch folder.</summary>
    public const string ScratchUnwritable = nameof(ScratchUnwritable);

    /// <summary>Another program holds the image that is to be changed.</summary>
    public const string ImageInUse = nameof(ImageInUse);

    /// <summary>The image has no room for what is to be put into it.</summary>
    public const string NoRoom = nameof(NoRoom);

    /// <summary>Something is larger than the format of the result allows.</summary>
    public const string TooLarge = nameof(TooLarge);

    /// <summary>The path of a directory to keep is relative, not normalised, too long, or has characters that it cannot have.</summary>
    public const string KeepDirectoryInvalid = nameof(KeepDirectoryInvalid);

    /// <summary>The directory cannot be kept: the system makes it anew at each start, or needs it as the image has it.</summary>
    public const string KeepDirectoryForbidden = nameof(KeepDirectoryForbidden);

    /// <summary>The image has no directory that the directory to keep could lie in.</summary>
    public const string KeepDirectoryMissing = nameof(KeepDirectoryMissing);

    /// <summary>What is to be kept is something else than a directory in the image.</summary>
    public const string KeepDirectoryNotDirectory = nameof(KeepDirectoryNotDirectory);

    /// <summary>Two keep rules of which one would hide the other.</summary>
    public const string KeepRulesNested = nameof(KeepRulesNested);

    /// <summary>More keep rules, or more text of them, than the live settings can hold.</summary>
    public const string TooManyKeepRules = nameof(TooManyKeepRules);

    /// <summary>No keep rule for a directory that was named.</summary>
    public const string KeepRuleMissing = nameof(KeepRuleMissing);

    /// <summary>The image has none of the directories that a preset stands for.</summary>
    public const string PresetEmpty = nameof(PresetEmpty);

    /// <summary>A store is needed, or named, that the image does not have.</summary>
    public const string StoreMissing = nameof(StoreMissing);

    /// <summary>Several stores fit what was asked for.</summary>
    public const string StoreAmbiguous = nameof(StoreAmbiguous);

    /// <summary>What was asked of a store does not fit its kind, or a store of its name or kind is there already.</summary>
    public const string StoreInvalid = nameof(StoreInvalid);

    /// <summary>A store on the card is to be made without a size, or with one that it cannot have.</summary>
    public const string StoreSizeInvalid = nameof(StoreSizeInvalid);

    /// <summary>More stores than a live image can have.</summary>
    public const string TooManyStores = nameof(TooManyStores);

    /// <summary>A persistence.conf has a line that live-boot would not take either.</summary>
    public const string PersistenceConfInvalid = nameof(PersistenceConfInvalid);

    /// <summary>A persistence.conf asks for links, which RpiLive does not make.</summary>
    public const string PersistenceConfLink = nameof(PersistenceConfLink);

    /// <summary>The folder that is to fill a store has something that cannot be taken into it.</summary>
    public const string SeedUnusable = nameof(SeedUnusable);

    /// <summary>The folder that is to fill a store cannot be read.</summary>
    public const string SeedUnreadable = nameof(SeedUnreadable);

    /// <summary>The image knows no user or group of that name.</summary>
    public const string AccountMissing = nameof(AccountMissing);

    /// <summary>Swap on zram is set up already.</summary>
    public const string ZramExists = nameof(ZramExists);

    /// <summary>The image cannot have swap on zram: a kernel has none, or it was made before RpiLive knew of it.</summary>
    public const string ZramUnsupported = nameof(ZramUnsupported);

    /// <summary>zram of a kernel of the image does not compress that way.</summary>
    public const string ZramAlgorithmMissing = nameof(ZramAlgorithmMissing);

    /// <summary>The program given for QEMU is none, or does not run.</summary>
    public const string QemuUnusable = nameof(QemuUnusable);

    /// <summary>No connection to a mirror, and the cache lacks what is needed.</summary>
    public const string MirrorUnreachable = nameof(MirrorUnreachable);

    /// <summary>A mirror does not have a file that it should have (HTTP 404 or 410), or refuses it.</summary>
    public const string DownloadMissing = nameof(DownloadMissing);

    /// <summary>A download does not have the size or SHA-256 that the index gives.</summary>
    public const string DownloadDamaged = nameof(DownloadDamaged);

    /// <summary>The Release file of a suite has no valid signature by a key of Debian.</summary>
    public const string SignatureInvalid = nameof(SignatureInvalid);

    /// <summary>The Release file of a suite is older than it says it may be.</summary>
    public const string ReleaseExpired = nameof(ReleaseExpired);

    /// <summary>A keyring given for a mirror cannot be read or has no key.</summary>
    public const string KeyringUnusable = nameof(KeyringUnusable);

    /// <summary>What is to be downloaded does not fit on the disk of the cache.</summary>
    public const string CacheFull = nameof(CacheFull);

    /// <summary>The folder of the cache cannot be read or written.</summary>
    public const string CacheUnusable = nameof(CacheUnusable);

    /// <summary>No index has a package of this name.</summary>
    public const string PackageMissing = nameof(PackageMissing);

    /// <summary>A dependency of a package cannot be met.</summary>
    public const string DependencyUnmet = nameof(DependencyUnmet);

    /// <summary>Two packages that exclude each other are asked for.</summary>
    public const string PackageConflict = nameof(PackageConflict);
}
