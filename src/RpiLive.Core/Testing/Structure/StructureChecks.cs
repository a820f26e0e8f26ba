using RpiLive.Core.Errors;
using RpiLive.Core.Fat;
using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Partitions;
using RpiLive.Core.Tree;
using static System.FormattableString;

namespace RpiLive.Core.Testing.Structure;

/// <summary>Partition table, boot volume, and the files that make an image a live one.</summary>
internal static class StructureChecks
{
    private const string Mend = "Any cmdlet that changes the image, such as Set-RpiLivePersistence, puts this right; so does fsck.vfat.";

    private static readonly string[] s_liveFiles = [LiveLayout.RootPath, LiveLayout.RootHashPath, LiveSettings.Path, LiveLayout.DocumentPath];

    /// <summary>Makes the checks.</summary>
    public static void Run(TestedImage image, CheckLog log)
    {
        log.Run(CheckKinds.PartitionTable, null, findings => CheckTable(image, findings));
        if (image.Table is null)
        {
            foreach (CheckKind kind in (CheckKind[])[CheckKinds.BootVolume, CheckKinds.BootVolumeTables, CheckKinds.BootVolumeClusters, CheckKinds.BootVolumeLayout])
                log.Skip(kind, "There is no partition table that can be used.");
        }
        else
        {
            log.Run(CheckKinds.BootVolume, null, findings => CheckVolume(image, findings));
            CheckVolumeState(image, log);
        }
        if (image.Boot is { } boot)
        {
            log.Run(CheckKinds.LiveFiles, null, findings => CheckLiveFiles(boot, findings));
            log.Run(CheckKinds.ImageDocument, null, findings => CheckDocument(image, boot, findings));
        }
        else
        {
            log.Skip(CheckKinds.LiveFiles, Reasons.NoBootVolume);
            log.Skip(CheckKinds.ImageDocument, Reasons.NoBootVolume);
        }
    }

    private static string CheckTable(TestedImage image, Findings findings)
    {
        if (image.Table is not { } table)
        {
            findings.Fail(image.TableFault!);
            return "";
        }
        MbrPartition? previous = null;
        foreach (MbrPartition partition in table.Partitions.OrderBy(partition => partition.FirstByte))
        {
            if (partition.FirstByte < MasterBootRecord.SectorSize)
                findings.Fail(Invariant($"Partition {partition.Number} starts at byte {partition.FirstByte:N0}, in the partition table itself."));
            if (previous?.End > partition.FirstByte)
                findings.Fail(Invariant($"Partition {partition.Number} starts at byte {partition.FirstByte:N0}, inside of partition {previous.Number}, which ends at {previous.End:N0}."));
            previous = partition;
        }
        return Invariant($"{Imaging.BootVolume.Describe(table)}; disk id {table.DiskId:x8}.");
    }

    private static string CheckVolume(TestedImage image, Findings findings)
    {
        if (image.Boot is null || image.BootVolume is not { } volume)
        {
            findings.Fail(image.BootFault!);
            return "";
        }
        foreach (ImageException fault in image.BootFaults)
            findings.Fail(fault);
        return Invariant($"{volume.Type} of {volume.Length >> 20:N0} MiB, clusters of {volume.ClusterSize:N0} bytes, id {FatVolume.FormatId(volume.VolumeId)}.");
    }

    private static void CheckVolumeState(TestedImage image, CheckLog log)
    {
        if (image.BootAudit is not { } audit || image.BootVolume is not { } volume || image.BootPartition is not { } partition)
        {
            foreach (CheckKind kind in (CheckKind[])[CheckKinds.BootVolumeTables, CheckKinds.BootVolumeClusters, CheckKinds.BootVolumeLayout])
                log.Skip(kind, Reasons.NoBootVolume);
            return;
        }
        log.Run(CheckKinds.BootVolumeTables, null, findings =>
        {
            if (audit.DifferingSectors > 0)
                findings.Fail(Invariant($"The file allocation tables differ in {audit.DifferingSectors:N0} sectors: who reads the second one sees other files."), Mend);
            if (audit.BackupDiffers)
                findings.Warn("The copy of the boot sector differs from the boot sector.", Mend);
            return "The tables are the same.";
        });
        if (volume.Type != FatType.Fat32)
            log.Skip(CheckKinds.BootVolumeClusters, $"The boot volume is {volume.Type}, and RpiLive makes FAT32; fsck.vfat can tell.");
        else
            log.Run(CheckKinds.BootVolumeClusters, null, findings => CheckClusters(image, audit, findings));
        log.Run(CheckKinds.BootVolumeLayout, null, findings => CheckLayout(volume, audit, partition, findings));
    }

    private static string CheckClusters(TestedImage image, FatAudit audit, Findings findings)
    {
        if (image.BootFaults.Count > 0)
            findings.Warn("Not all files could be read, so what no file holds is not known.", Findings.MakeAgain);
        else if (audit.LostClusters > 0)
            findings.Warn(Invariant($"{audit.LostClusters:N0} clusters, the first of them {audit.FirstLost:N0}, belong to no file."), Mend);
        else if (audit.StoredFree is { } stored && stored != audit.FreeClusters)
            findings.Warn(Invariant($"The volume says that {stored:N0} clusters are free, but it is {audit.FreeClusters:N0}."), Mend);
        return Invariant($"{audit.FreeClusters:N0} clusters are free.");
    }

    private static string CheckLayout(FatVolume volume, FatAudit audit, MbrPartition partition, Findings findings)
    {
        const int UsualSector = 512, MostCluster = 32 << 10;
        const string Again = "Make the live image again with New-RpiLiveImage, which lays the volume out for every firmware.";
        if (volume.Type == FatType.Fat12)
            findings.Fail("The boot volume is FAT12; firmware and Raspberry Pi Imager read FAT16 and FAT32.", Again);
        if (volume.SectorSize != UsualSector)
            findings.Fail(Invariant($"The boot volume has sectors of {volume.SectorSize:N0} bytes; cards have sectors of 512."), Again);
        if (volume.ClusterSize > MostCluster)
            findings.Warn(Invariant($"The boot volume has clusters of {volume.ClusterSize:N0} bytes, more than old boot loaders read."), Again);
        if (audit.UsesLastCluster)
            findings.Warn("A file has the last cluster of the boot volume; boot loaders of the Pi 4 before 2024 do not reach it.", Again);
        if (audit.IsDirty)
            findings.Warn("The boot volume was not unmounted cleanly.", "Mount it once and unmount it, or run fsck.vfat on it.");
        if (audit.HiddenSectors != partition.FirstByte / MasterBootRecord.SectorSize)
            findings.Warn(Invariant($"The boot volume says that it starts at sector {audit.HiddenSectors:N0}, but its partition starts at {partition.FirstByte / MasterBootRecord.SectorSize:N0}."), Again);
        if (partition.Type is not (0x0C or 0x0E))
            findings.Warn(Invariant($"The boot partition has type 0x{partition.Type:X2}; 0x0C is what all firmware takes."), Again);
        return Invariant($"{volume.Type} at byte {partition.FirstByte:N0}, clusters of {volume.ClusterSize:N0} bytes.");
    }

    private static string CheckLiveFiles(DirectoryNode boot, Findings findings)
    {
        string[] missing = [.. s_liveFiles.Where(path => FatPath.FindFile(boot, path) is null)];
        if (missing.Length == s_liveFiles.Length)
            findings.Fail("This is no live image: its boot volume has no folder live with a root in it.", "Make a live image of it with New-RpiLiveImage.");
        else if (missing.Length > 0)
            findings.Fail($"The boot volume lacks {string.Join(", ", missing)}.");
        return string.Join(", ", s_liveFiles) + ".";
    }

    private static string CheckDocument(TestedImage image, DirectoryNode boot, Findings findings)
    {
        if (image.Document is not { } document)
        {
            findings.Fail(image.DocumentFault!);
            return "";
        }
        if (image.RootFile is { } root && root.Content.Length != document.Root.Length)
            findings.Fail(Invariant($"{LiveLayout.RootPath} has {root.Content.Length:N0} bytes, but {LiveLayout.DocumentPath} says {document.Root.Length:N0}."));
        if (document.Flavours.Count == 0)
            findings.Fail($"{LiveLayout.DocumentPath} names no kernel.");
        foreach (LiveFlavour flavour in document.Flavours)
        {
            foreach (string path in (string[])[flavour.Kernel, flavour.Initramfs])
            {
                if (FatPath.FindFile(boot, path) is null)
                    findings.Fail($"{LiveLayout.DocumentPath} names {path} for the kernel {flavour.Name}, and it is not there.");
            }
        }
        foreach (TestedKernel kernel in image.Kernels.Where(kernel => kernel.Flavour is { } flavour && kernel.Image.Release is { } release && release != flavour.Release))
            findings.Fail($"{kernel.Path} is Linux {kernel.Image.Release}, but {LiveLayout.DocumentPath} says {kernel.Flavour!.Release}.");
        return $"{document.Distribution}, {document.Architecture}, made from {document.Source.Name} by {document.Generator}.";
    }
}
