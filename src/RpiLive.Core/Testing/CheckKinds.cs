namespace RpiLive.Core.Testing;

/// <summary>All checks, in the order in which they are made.</summary>
public static class CheckKinds
{
    private static readonly List<CheckKind> s_all = [];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<CheckKind> All => s_all;

    internal static CheckKind PartitionTable { get; } = Add(CheckCategory.Structure, nameof(PartitionTable),
        "The partition table is sound, its partitions lie in the image and do not overlap.");

    internal static CheckKind BootVolume { get; } = Add(CheckCategory.Structure, nameof(BootVolume),
        "Every directory and file of the boot volume can be read; no cluster has two owners.");

    internal static CheckKind BootVolumeTables { get; } = Add(CheckCategory.Structure, nameof(BootVolumeTables),
        "All file allocation tables of the boot volume are the same, and so are the boot sector and its copy.");

    internal static CheckKind BootVolumeClusters { get; } = Add(CheckCategory.Structure, nameof(BootVolumeClusters),
        "No cluster of the boot volume is lost, and the count of free clusters is right or not given.");

    internal static CheckKind BootVolumeLayout { get; } = Add(CheckCategory.Structure, nameof(BootVolumeLayout),
        "The boot volume is one that every firmware reads, was unmounted cleanly, and leaves its last cluster alone.");

    internal static CheckKind LiveFiles { get; } = Add(CheckCategory.Structure, nameof(LiveFiles),
        "The files that make an image a live one are there.");

    internal static CheckKind ImageDocument { get; } = Add(CheckCategory.Structure, nameof(ImageDocument),
        "live/image.json can be read and says what is there.");

    internal static CheckKind BootConfiguration { get; } = Add(CheckCategory.Firmware, nameof(BootConfiguration),
        "config.txt is one that the firmware reads in full, and what it names is there.");

    internal static CheckKind CommandLine { get; } = Add(CheckCategory.Firmware, nameof(CommandLine),
        "cmdline.txt is one line that the firmware hands on in full.");

    internal static CheckKind ModelBoot { get; } = Add(CheckCategory.Firmware, nameof(ModelBoot),
        "The kernel, initramfs and device tree that the firmware of a model loads are there, and the initramfs is the one made for the kernel.");

    internal static CheckKind InitramfsLive { get; } = Add(CheckCategory.Initramfs, nameof(InitramfsLive),
        "The initramfs of a kernel is RpiLive's, for this kernel and this image.");

    internal static CheckKind InitramfsScripts { get; } = Add(CheckCategory.Initramfs, nameof(InitramfsScripts),
        "All parts of /init are in the initramfs, as they were made.");

    internal static CheckKind InitramfsPrograms { get; } = Add(CheckCategory.Initramfs, nameof(InitramfsPrograms),
        "busybox runs on the kernel, has all that /init calls, and no program lacks a library.");

    internal static CheckKind InitramfsModules { get; } = Add(CheckCategory.Initramfs, nameof(InitramfsModules),
        "All modules that a live boot can need are in the initramfs, are for the kernel, and find what they depend on.");

    internal static CheckKind InitramfsSize { get; } = Add(CheckCategory.Initramfs, nameof(InitramfsSize),
        "The initramfs is one that every firmware loads: up to 16 MiB, padded to four bytes.");

    internal static CheckKind RootContent { get; } = Add(CheckCategory.Root, nameof(RootContent),
        "The squashfs of the live root is sound: every directory was read and every block unpacked.");

    internal static CheckKind RootChecksum { get; } = Add(CheckCategory.Root, nameof(RootChecksum),
        "The squashfs has the SHA-256 that /init compares, and that live/image.json has.");

    internal static CheckKind RootInit { get; } = Add(CheckCategory.Root, nameof(RootInit),
        "The live root has an init that its kernels can run.");

    internal static CheckKind RootKernel { get; } = Add(CheckCategory.Root, nameof(RootKernel),
        "The live root has the modules of a kernel, and the kernel reads a squashfs that is compressed so.");

    internal static CheckKind LiveSettings { get; } = Add(CheckCategory.Settings, nameof(LiveSettings),
        "Every line of live/rpilive.conf is one that /init knows.");

    internal static CheckKind KeepRules { get; } = Add(CheckCategory.Settings, nameof(KeepRules),
        "Every directory to be kept can be, and none hides another.");

    internal static CheckKind Stores { get; } = Add(CheckCategory.Settings, nameof(Stores),
        "Every store on the card is there and its ext4 is sound; every store is used.");

    internal static CheckKind Zram { get; } = Add(CheckCategory.Settings, nameof(Zram),
        "Every kernel has zram, and compresses as the settings say.");

    internal static CheckKind CardWords { get; } = Add(CheckCategory.Safety, nameof(CardWords),
        "No word of the kernel command line leads back to the card.");

    internal static CheckKind CardMounts { get; } = Add(CheckCategory.Safety, nameof(CardMounts),
        "fstab and units of the root mount and swap to nothing of the card, but for the boot volume, read-only.");

    internal static CheckKind RootResize { get; } = Add(CheckCategory.Safety, nameof(RootResize),
        "Nothing in the root resizes or checks a root file system at boot.");

    internal static CheckKind CardWriters { get; } = Add(CheckCategory.Safety, nameof(CardWriters),
        "Nothing in the root writes firmware, kernels or an initramfs to the boot volume.");

    internal static CheckKind FirstBoot { get; } = Add(CheckCategory.Safety, nameof(FirstBoot),
        "What is set up at a first boot works at each one, from a boot volume that cannot be written.");

    internal static CheckKind Upkeep { get; } = Add(CheckCategory.Safety, nameof(Upkeep),
        "Journal, clock and periodic work are those of a system in RAM, and rpilive is there to tell how it does.");

    internal static CheckKind SharedSecrets { get; } = Add(CheckCategory.Safety, nameof(SharedSecrets),
        "The root has no machine id, random seed or secret key that every copy would share.");

    internal static CheckKind SshHostKeys { get; } = Add(CheckCategory.Safety, nameof(SshHostKeys),
        "The root has no SSH host keys that every copy would share.");

    internal static CheckKind Passwords { get; } = Add(CheckCategory.Safety, nameof(Passwords),
        "No user has an empty or a well-known password.");

    internal static CheckKind RamFit { get; } = Add(CheckCategory.Fit, nameof(RamFit),
        "The live root fits in the RAM of the models that the image has a kernel for; of those required, in all.");

    internal static CheckKind BootKernel { get; } = Add(CheckCategory.Boot, nameof(BootKernel),
        "The kernel starts in QEMU and gets to /init.");

    internal static CheckKind BootMedium { get; } = Add(CheckCategory.Boot, nameof(BootMedium),
        "/init finds the boot medium.");

    internal static CheckKind BootRoot { get; } = Add(CheckCategory.Boot, nameof(BootRoot),
        "The live root is in RAM where it fits, checked, and under an overlay.");

    internal static CheckKind BootZram { get; } = Add(CheckCategory.Boot, nameof(BootZram),
        "Swap on zram is on, as the settings ask.");

    internal static CheckKind BootStores { get; } = Add(CheckCategory.Boot, nameof(BootStores),
        "Stores on the card are mounted, and what is kept there is there after a restart.");

    internal static CheckKind BootSystem { get; } = Add(CheckCategory.Boot, nameof(BootSystem),
        "The system reaches its target, and goes down when told.");

    internal static CheckKind BootUnits { get; } = Add(CheckCategory.Boot, nameof(BootUnits),
        "No unit of the system fails.");

    internal static CheckKind BootWrites { get; } = Add(CheckCategory.Boot, nameof(BootWrites),
        "Not a byte is written to the card, but for stores on it.");

    internal static CheckKind BootPristine { get; } = Add(CheckCategory.Boot, nameof(BootPristine),
        "After a restart nothing is left of what the first boot wrote, but for what is kept.");

    internal static CheckKind BootTime { get; } = Add(CheckCategory.Boot, nameof(BootTime),
        "How long each step of the boot took; under emulation, so for comparing only.");

    private static CheckKind Add(CheckCategory category, string id, string description)
    {
        CheckKind kind = new(id, category, description);
        s_all.Add(kind);
        return kind;
    }
}
