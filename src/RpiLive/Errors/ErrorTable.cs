using System.Collections.Frozen;
using System.Management.Automation;
using RpiLive.Core.Errors;

namespace RpiLive.Errors;

/// <summary>
/// All errors that the cmdlets write. The engine's ids without an entry never leave it: what it finds in an initramfs or a boot under
/// test becomes a check, and what a codec says an error of what was packed.
/// </summary>
internal static class ErrorTable
{
    private const string Again = "Download the image again and compare its SHA-256 with the published one; if it is a copy of a card, repair its file systems first.";
    private const string Published = "Use an image as published by Raspberry Pi or Debian.";
    private const string Unpack = "Unpack the file with its own tool, and pass the image that is in it.";

    /// <summary>The table.</summary>
    public static IReadOnlyList<ErrorSection> Sections { get; } =
    [
        new("Paths and parameters",
        [
            new("PathNotFound", ErrorCategory.ObjectNotFound, "There is no file of that name, or none that the pattern matches.", "Check the path; use -LiteralPath where the name itself has wildcard characters."),
            new("PathNotFile", ErrorCategory.InvalidArgument, "A folder was given where a file is needed.", "Give the path of a file."),
            new("PathNotFolder", ErrorCategory.InvalidArgument, "A file was given where a folder is needed.", "Give the path of a folder."),
            new("PathNotFileSystem", ErrorCategory.InvalidArgument, "The path is one of another provider, such as env: or a registry key.", "Give the path of a file."),
            new("PathInvalid", ErrorCategory.InvalidArgument, "There is no such drive or provider, or no path can look so.", "Give the path of a file; use -LiteralPath where the name has wildcard characters."),
            new("FolderMissing", ErrorCategory.ObjectNotFound, "A folder that is to be read or written to does not exist.", "Check the path, or make the folder first."),
            new("FileUnreadable", ErrorCategory.ReadError, "A file that a parameter names cannot be read, or is larger than such a file can be.", "Check that it is the right file and that you may read it."),
            new("ParametersDisagree", ErrorCategory.InvalidArgument, "Parameters make no sense together, or one needs another.", "Do as the error says; Get-Help tells which go together."),
            new("CompressionLevelOutOfRange", ErrorCategory.InvalidArgument, "The codec has no such level.", "Give a -CompressionLevel from 1 to 22 for zstd, from 1 to 9 for gzip."),
            new("ModelMissing", ErrorCategory.ObjectNotFound, "No Raspberry Pi has such a name, or not with that RAM.", "List them with Get-RpiModel."),
            new("CheckMissing", ErrorCategory.ObjectNotFound, "No check has such an id.", "See Get-Help Test-RpiLiveImage, or (Test-RpiLiveImage IMAGE).Checks.Id."),
        ]),
        new("Stock images",
        [
            new(ErrorIds.ImageUnreadable, ErrorCategory.OpenError, "The computer refuses to open or read the file.", "Check that you may read it, and that no other program holds it."),
            new(ErrorIds.ImageTruncated, ErrorCategory.InvalidData, "The file ends before something that it promises.", "Download or copy the image again and compare its size and SHA-256 with the published ones."),
            new(ErrorIds.HashMismatch, ErrorCategory.InvalidData, "The image does not have the SHA-256 that -ExpectedHash gives.", "Download it again, and take the hash from the page that publishes it."),
            new(ErrorIds.AlreadyLive, ErrorCategory.InvalidOperation, "The image is a live image already.", "Start from the stock image that it was made from."),
            new(ErrorIds.NotPartitioned, ErrorCategory.InvalidData, "The file has no partition table.", "Give an image of a whole card."),
            new(ErrorIds.GptNotSupported, ErrorCategory.NotImplemented, "The image has a GUID partition table only.", "Use an image with a master boot record, or make a hybrid one with gdisk."),
            new("CorruptMbr", ErrorCategory.InvalidData, "The partition table is damaged.", Again),
            new(ErrorIds.BootPartitionMissing, ErrorCategory.ObjectNotFound, "No partition has the FAT file system that the Pi boots from.", Published),
            new(ErrorIds.RootPartitionMissing, ErrorCategory.ObjectNotFound, "No partition has an ext4 root.", Published),
            new("CorruptFat", ErrorCategory.InvalidData, "The FAT file system of the boot partition is damaged.", Again),
            new("UnsupportedFat", ErrorCategory.NotImplemented, "The boot partition has a FAT file system of a kind that is not read or changed.", Published),
            new("CorruptExt4", ErrorCategory.InvalidData, "The ext4 file system of the root, or of a store, is damaged.", Again),
            new("UnsupportedExt4", ErrorCategory.NotImplemented, "The ext4 file system of the root has a feature that is not read.", "Use an image as published, or make its file system again without this feature."),
            new(ErrorIds.OperatingSystemMissing, ErrorCategory.ObjectNotFound, "Nothing in the root can be started as the first process.", Published),
            new(ErrorIds.RootUnusable, ErrorCategory.InvalidData, "Something in the root is in the way of a change that a live image needs.", "Repair it in the stock image, or start from an image as published."),
            new(ErrorIds.KernelMissing, ErrorCategory.ObjectNotFound, "The boot partition has no kernel.", Published),
            new("UnsupportedKernel", ErrorCategory.NotImplemented, "The boot partition has more kernels than are looked at.", "Remove those that no Pi loads."),
            new(ErrorIds.ModulesMissing, ErrorCategory.ObjectNotFound, "A kernel has no modules in the root.", "Use an image whose kernels and modules belong together, or remove the kernel from the boot partition."),
            new("CorruptModule", ErrorCategory.InvalidData, "A kernel module, or the list of modules, is damaged or of another kernel.", "Install the kernel's package again in the stock image."),
            new(ErrorIds.KernelFeatureMissing, ErrorCategory.NotImplemented, "A kernel lacks what a live boot needs, built in or as a module.", "Use an image whose kernel has it, as those of Raspberry Pi OS since Bullseye and of Debian; for zstd, -Compression Gzip."),
            new(ErrorIds.BusyBoxMissing, ErrorCategory.ObjectNotFound, "The root has no busybox, and none was given.", "Give one with -BusyBoxPath, or install the package busybox in the stock image."),
            new(ErrorIds.BusyBoxUnsuitable, ErrorCategory.InvalidData, "The busybox lacks applets that the boot needs, or is not for the kernel's processor.", "Give the program of Debian's package busybox-static for the image's processor with -BusyBoxPath."),
            new("CorruptElf", ErrorCategory.InvalidData, "A program or library for the boot is damaged.", "Install its package again in the stock image."),
            new("UnsupportedElf", ErrorCategory.NotImplemented, "A program or library for the boot is of a kind that no Pi runs.", "Use programs for 32-bit or 64-bit Arm."),
            new(ErrorIds.LibraryMissing, ErrorCategory.ObjectNotFound, "The root lacks a library that a program for the boot needs.", "Use a stock image whose packages are complete, or give a statically linked busybox."),
            new("CorruptBootFiles", ErrorCategory.InvalidData, "A file or directory of the boot partition is not what its name says.", Again),
        ]),
        new("Packed images",
        [
            new(ErrorIds.FormatNotSupported, ErrorCategory.NotImplemented, "The file is an archive or a disk image of a kind that is not read.", Unpack),
            new(ErrorIds.ImageMissing, ErrorCategory.ObjectNotFound, "The archive holds no image.", "Pass an archive with one image (.img) in it."),
            new(ErrorIds.ImageAmbiguous, ErrorCategory.InvalidArgument, "The archive holds several images.", "Unpack it and pass one of them."),
            new("CorruptXz", ErrorCategory.InvalidData, "The .xz file is damaged.", Again),
            new("UnsupportedXz", ErrorCategory.NotImplemented, "The .xz file uses a filter or check that is not read.", Unpack),
            new("CorruptGzip", ErrorCategory.InvalidData, "The .gz file is damaged.", Again),
            new("UnsupportedGzip", ErrorCategory.NotImplemented, "The .gz file has a header of a kind that is not known.", Unpack),
            new("CorruptZstd", ErrorCategory.InvalidData, "The .zst file is damaged.", Again),
            new("UnsupportedZstd", ErrorCategory.NotImplemented, "The .zst file needs a dictionary, or too much memory.", Unpack),
            new("CorruptZip", ErrorCategory.InvalidData, "The .zip file is damaged.", Again),
            new("UnsupportedZip", ErrorCategory.NotImplemented, "The .zip file is encrypted, split, or packed by a method that is not read.", "Unpack the archive and pass the image that is in it."),
            new("ScratchFolderMissing", ErrorCategory.ObjectNotFound, "The folder of -ScratchPath does not exist.", "Make the folder first, or choose another -ScratchPath."),
            new(ErrorIds.ScratchFull, ErrorCategory.ResourceUnavailable, "The unpacked image does not fit on the disk.", "Free some space, or give a folder on another disk with -ScratchPath."),
            new(ErrorIds.ScratchUnwritable, ErrorCategory.WriteError, "The unpacked image cannot be written.", "Give a folder that you may write to with -ScratchPath."),
        ]),
        new("What is written",
        [
            new(ErrorIds.DestinationExists, ErrorCategory.ResourceExists, "The destination exists, and -Force was not given.", "Choose another -DestinationPath, or give -Force to replace the file."),
            new("DestinationFolderMissing", ErrorCategory.ObjectNotFound, "The folder of the destination does not exist.", "Make the folder first, or choose another -DestinationPath."),
            new("DestinationNotFolder", ErrorCategory.InvalidArgument, "Several stock images cannot become one file.", "Give an existing folder as -DestinationPath, or end it with a separator to have it made."),
            new("DestinationIsSource", ErrorCategory.InvalidArgument, "The stock image and the destination are the same file.", "Choose another -DestinationPath; the stock image is never changed."),
            new("DestinationUsedTwice", ErrorCategory.InvalidArgument, "Two stock images of one command would become the same live image.", "Give a folder as -DestinationPath, and stock images with different names."),
            new(ErrorIds.DestinationUnwritable, ErrorCategory.WriteError, "The computer refuses to write the file, or its file system cannot hold it.", "Choose another destination, or get the right to write there."),
            new(ErrorIds.DestinationFull, ErrorCategory.ResourceUnavailable, "The disk is full.", "Free some space, or choose a destination on another disk."),
            new(ErrorIds.TooLarge, ErrorCategory.LimitsExceeded, "Something is larger than the format of the result allows.", "Do as the error says: it names what, and the limit."),
        ]),
        new("Live images",
        [
            new(ErrorIds.NotLive, ErrorCategory.InvalidOperation, "The image is not a live image.", "Make a live image of it with New-RpiLiveImage."),
            new("CorruptLiveImage", ErrorCategory.InvalidData, "The files that make an image a live one are damaged.", "Make the image again; Test-RpiLiveImage tells what is wrong with it."),
            new("UnsupportedLiveImage", ErrorCategory.NotImplemented, "The image was made by a later RpiLive, or was partitioned anew.", "Use the RpiLive that made it, or make it again."),
            new("CorruptSettings", ErrorCategory.InvalidData, "A line of live/rpilive.conf is not one that the boot knows.", "Correct the line on the boot volume with any text editor, or remove it."),
            new("CorruptSquashFs", ErrorCategory.InvalidData, "The compressed root is damaged.", "Make the image again."),
            new("UnsupportedSquashFs", ErrorCategory.NotImplemented, "The compressed root is of a kind that is not read.", "Make the image again with New-RpiLiveImage."),
            new(ErrorIds.ImageInUse, ErrorCategory.ResourceBusy, "Another program holds the image that is to be changed.", "Close the program that writes, mounts or changes it, and try again."),
            new(ErrorIds.NoRoom, ErrorCategory.ResourceUnavailable, "The image has no room for what is to be put into it.", "Make it smaller, remove files from the boot volume, or keep data elsewhere."),
        ]),
        new("What is kept",
        [
            new(ErrorIds.KeepDirectoryInvalid, ErrorCategory.InvalidArgument, "The path of a directory is relative, too long, or has characters that it cannot have.", "Give the absolute path of a directory in the image, such as /var/log."),
            new(ErrorIds.KeepDirectoryForbidden, ErrorCategory.InvalidArgument, "The directory cannot be kept: the system makes it anew at each start, or needs it as the image has it.", "Keep a directory in it, or another one."),
            new(ErrorIds.KeepDirectoryMissing, ErrorCategory.ObjectNotFound, "The image has no directory that it could lie in.", "Check the path; a directory that is not in the image yet must lie in one that is."),
            new(ErrorIds.KeepDirectoryNotDirectory, ErrorCategory.InvalidArgument, "What is to be kept is no directory in the image.", "Keep the directory that it lies in."),
            new(ErrorIds.KeepRulesNested, ErrorCategory.InvalidArgument, "Of two rules, one would hide the other.", "Remove one of them with Remove-RpiLivePersistence. Inside Overlay there can be Bind and Tmpfs, inside Bind there can be Tmpfs."),
            new(ErrorIds.TooManyKeepRules, ErrorCategory.InvalidArgument, "There are more rules than the settings hold.", "Keep a directory further up in place of several in it."),
            new(ErrorIds.KeepRuleMissing, ErrorCategory.ObjectNotFound, "There is no rule for a directory that was named.", "See the KeepRules of the image."),
            new(ErrorIds.PresetEmpty, ErrorCategory.InvalidArgument, "The image has none of the directories that a preset stands for.", "Name the directories with -Directory, or install what makes them in the stock image first."),
            new(ErrorIds.StoreMissing, ErrorCategory.ObjectNotFound, "A store is needed, or named, that the image does not have.", "Say with -Target where data are kept: Usb with -Label or -Uuid, Partition or Folder with -Size."),
            new(ErrorIds.StoreAmbiguous, ErrorCategory.InvalidArgument, "Several stores fit what was asked for.", "Say which one with -StoreName."),
            new(ErrorIds.StoreInvalid, ErrorCategory.InvalidArgument, "What was asked of a store does not fit its kind, or there is one of its kind already.", "Do as the error says."),
            new(ErrorIds.StoreSizeInvalid, ErrorCategory.InvalidArgument, "A store on the card is to be made without a size, or with one that it cannot have.", "Give its -Size, such as 2GB."),
            new(ErrorIds.TooManyStores, ErrorCategory.InvalidArgument, "The image has as many stores as it can have.", "Use one of them, or remove what it keeps."),
            new(ErrorIds.PersistenceConfInvalid, ErrorCategory.InvalidArgument, "A line of a persistence.conf is not one that live-boot would take.", "Correct the line; man persistence.conf of live-boot tells the form."),
            new(ErrorIds.PersistenceConfLink, ErrorCategory.InvalidArgument, "A persistence.conf asks for links, which are not made.", "Use bind or union for the directory."),
            new(ErrorIds.SeedUnusable, ErrorCategory.InvalidArgument, "The folder of -Seed cannot fill this store, or has something that cannot be taken into it.", "Do as the error says."),
            new(ErrorIds.SeedUnreadable, ErrorCategory.OpenError, "The folder of -Seed, or something in it, cannot be read.", "Check that you may read all of it."),
            new(ErrorIds.AccountMissing, ErrorCategory.ObjectNotFound, "The image knows no such user or group.", "Give a name that the image knows, or the number."),
        ]),
        new("zram",
        [
            new(ErrorIds.ZramExists, ErrorCategory.ResourceExists, "The image has swap on zram already.", "Give -Force to replace it, or remove it first with Remove-RpiLiveZram."),
            new(ErrorIds.ZramUnsupported, ErrorCategory.NotImplemented, "A kernel of the image has no zram, or the image was made by an early RpiLive.", "Make the image again, of one whose kernels have zram, as those of Raspberry Pi OS and Debian do."),
            new(ErrorIds.ZramAlgorithmMissing, ErrorCategory.InvalidArgument, "The zram of a kernel of the image does not compress that way.", "Choose one that every kernel of the image has, or leave -Algorithm out."),
        ]),
        new("Base images and mirrors",
        [
            new(ErrorIds.MirrorUnreachable, ErrorCategory.ConnectionError, "A mirror cannot be reached, and the cache does not have what is needed.", "Check the network and the proxy that the environment names (https_proxy, http_proxy), or name another -Mirror."),
            new(ErrorIds.DownloadMissing, ErrorCategory.ObjectNotFound, "A mirror does not have a file that its index names, or no such suite.", "Try again later, as mirrors change while they are brought up to date, or name another -Mirror."),
            new(ErrorIds.DownloadDamaged, ErrorCategory.InvalidData, "A download does not have the size or the SHA-256 that the index gives.", "Try again later or name another -Mirror; check whether a proxy changes what it passes on."),
            new(ErrorIds.SignatureInvalid, ErrorCategory.SecurityError, "No key of Debian, or of -KeyringPath, has signed the Release file of a mirror.", "Check the address of the mirror and whether a proxy changes what it passes on; give the key of a mirror that is not Debian's with -KeyringPath."),
            new(ErrorIds.ReleaseExpired, ErrorCategory.SecurityError, "The Release file of a mirror is older than it may be, or than one that was there before.", "Name another -Mirror; this one is not kept up to date. Check the clock of this computer."),
            new("CorruptRelease", ErrorCategory.InvalidData, "The Release file of a mirror is damaged, or is that of another suite.", "Check the address of the mirror and the name of the suite, or name another -Mirror."),
            new("CorruptPackageIndex", ErrorCategory.InvalidData, "The index of the packages of a mirror is damaged.", "Name another -Mirror."),
            new("CorruptDeb", ErrorCategory.InvalidData, "A package is damaged, although it is the one that the index names.", "Use another -Mirror, and tell the maintainers of this one."),
            new(ErrorIds.KeyringUnusable, ErrorCategory.InvalidData, "The file of -KeyringPath has no OpenPGP keys that can be used.", "Give a file of public keys as gpg --export writes it."),
            new(ErrorIds.PackageMissing, ErrorCategory.ObjectNotFound, "No index has a package of this name or version.", "Check the name and the version, or choose another -Suite."),
            new(ErrorIds.DependencyUnmet, ErrorCategory.ResourceUnavailable, "Something that a package depends on cannot be had.", "Leave out the package that needs it, or use a mirror that has what is missing."),
            new(ErrorIds.PackageConflict, ErrorCategory.InvalidArgument, "Packages that are asked for exclude each other.", "Leave one of them out of -Package."),
            new(ErrorIds.CacheFull, ErrorCategory.ResourceUnavailable, "What is to be downloaded does not fit on the disk of the cache.", "Free some space, or choose a -CachePath on another disk."),
            new(ErrorIds.CacheUnusable, ErrorCategory.WriteError, "The folder of the cache cannot be read or written.", "Choose a -CachePath that you may write to."),
        ]),
        new("Tests, and RpiLive itself",
        [
            new(ErrorIds.QemuUnusable, ErrorCategory.OpenError, "The program given as QEMU is none, or does not run.", "Give the path of qemu-system-aarch64 or qemu-system-arm, or leave -QemuPath away."),
            new("Unexpected", ErrorCategory.NotSpecified, "Nobody thought of this: a fault of RpiLive.", "Please report it with the output of $Error[0].Exception.ToString() and the name of the stock image."),
        ]),
    ];

    private static readonly FrozenDictionary<string, ErrorKind> s_kinds = Sections.SelectMany(section => section.Kinds).ToFrozenDictionary(kind => kind.Id);

    /// <summary>The entry of an id; null for one that should not leave the engine.</summary>
    public static ErrorKind? Find(string id) => s_kinds.GetValueOrDefault(id);
}
