using RpiLive.Core.Errors;
using RpiLive.Core.Ext4;
using RpiLive.Core.Fat;
using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.Editing;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Imaging.Persistence;
using RpiLive.Core.Partitions;
using RpiLive.Core.Streams;
using static System.FormattableString;

namespace RpiLive.Core.Testing.Settings;

/// <summary>The live settings, and what they need in the image.</summary>
internal static class SettingsChecks
{
    private const string Repair = "Repair it with e2fsck, or make it anew with Set-RpiLivePersistence.";

    /// <summary>Makes the checks.</summary>
    public static void Run(TestedImage image, CheckLog log, CancellationToken cancellation)
    {
        if (image.Boot is null)
        {
            foreach (CheckKind kind in (CheckKind[])[CheckKinds.LiveSettings, CheckKinds.KeepRules, CheckKinds.Stores, CheckKinds.Zram])
                log.Skip(kind, Reasons.NoBootVolume);
            return;
        }
        log.Run(CheckKinds.LiveSettings, null, findings => CheckSettings(image, findings));
        if (image.Settings is not { } settings)
        {
            foreach (CheckKind kind in (CheckKind[])[CheckKinds.KeepRules, CheckKinds.Stores, CheckKinds.Zram])
                log.Skip(kind, Reasons.NoSettings);
            return;
        }
        PersistenceSettings persistence = settings.Persistence;
        if (persistence.Rules.Count == 0)
            log.Skip(CheckKinds.KeepRules, "Nothing is kept.");
        else if (image.RootTree is null)
            log.Skip(CheckKinds.KeepRules, Reasons.NoRoot);
        else
            log.Run(CheckKinds.KeepRules, null, findings => CheckRules(image, persistence, findings));
        CheckStores(image, persistence, log, cancellation);
        if (settings.Zram is { } zram)
            log.Run(CheckKinds.Zram, null, findings => CheckZram(image, zram, findings));
        else
            log.Skip(CheckKinds.Zram, "The settings ask for no zram.");
    }

    private static string CheckSettings(TestedImage image, Findings findings)
    {
        if (image.Settings is not { } settings)
        {
            findings.Fail(image.SettingsFault!);
            return "";
        }
        long length = FatPath.FindFile(image.Boot!, LiveSettings.Path)!.Content.Length;
        if (length > LiveSettings.MaxLength)
            findings.Fail(Invariant($"{LiveSettings.Path} has {length:N0} bytes; /init reads {LiveSettings.MaxLength:N0}."), "Make it shorter.");
        foreach ((string key, string value) in settings.Others)
            findings.Warn($"/init does not know {key}={value} in {LiveSettings.Path}.", "Correct the key, or remove the line.");
        if (image.Document is { } document && settings.Clock is { } clock && clock > DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeSeconds())
            findings.Warn($"The clock is not to be behind {DateTimeOffset.FromUnixTimeSeconds(clock):u}, which is to come ({document.Source.Name}).", $"Correct clock in {LiveSettings.Path}.");
        return $"root={settings.Root.ToString().ToLowerInvariant()}, reserve={settings.Reserve}, upper={settings.Upper}.";
    }

    private static string CheckRules(TestedImage image, PersistenceSettings persistence, Findings findings)
    {
        KeepJudge judge = new(image.Root!, image.Path);
        foreach (KeepRule rule in persistence.Rules)
        {
            Try(findings, () =>
            {
                string place = judge.Place(rule.Directory, rule.Mode);
                if (place != rule.Directory)
                    findings.Fail($"{rule.Directory} is a link to {place} in the image; /init mounts before links mean anything.", $"Keep {place} in place of {rule.Directory}.");
            });
            if (rule.Mode != KeepMode.Tmpfs && persistence.Find(rule.Store) is null)
                findings.Fail($"{rule.Directory} is to be kept in the store {rule.Store}, which the settings do not have.", "Correct the rule, or add the store, with Set-RpiLivePersistence.");
        }
        Try(findings, () => KeepJudge.CheckTogether(persistence.Rules, image.Path));
        if (!persistence.Enabled)
            findings.Warn("The settings switch keeping off (persistence=off): nothing is kept.", "Set-RpiLivePersistence -Enabled switches it on.");
        if (image.KeepSwitch is { } file)
            findings.Warn($"There is a file {file} on the boot volume: nothing is kept.", "Delete the file.");
        return Invariant($"{persistence.Rules.Count} rules.");
    }

    private static void Try(Findings findings, Action action)
    {
        try
        {
            action();
        }
        catch (ImageException error)
        {
            findings.Fail(error);
        }
    }

    private static void CheckStores(TestedImage image, PersistenceSettings persistence, CheckLog log, CancellationToken cancellation)
    {
        RandomAccessSource source = image.Source;
        MbrPartition? partition = image.Table!.Partitions.FirstOrDefault(other => other != image.BootPartition);
        RandomAccessSource? inPartition = partition is null ? null : source.Slice(partition.FirstByte, partition.Length, $"partition {partition.Number}");
        RandomAccessSource? inFile = FatPath.FindFile(image.Boot!, LiveLayout.ContainerPath) is { } file ? new ContentSource(file.Content, LiveLayout.ContainerPath) : null;
        foreach (Store store in persistence.Stores)
        {
            log.Run(CheckKinds.Stores, store.Name, findings =>
            {
                if (!persistence.Uses(store))
                    findings.Warn($"No rule uses the store {store.Name}.", "Remove it with Remove-RpiLivePersistence, or keep a directory in it.");
                return store.Kind switch
                {
                    StoreKind.Partition => CheckStore(inPartition, "partition 2 of the card", findings, cancellation),
                    StoreKind.Folder => CheckStore(inFile, LiveLayout.ContainerPath, findings, cancellation),
                    _ => "On a stick, which is not in the image.",
                };
            });
        }
        if (inPartition is not null && persistence.Stores.All(store => store.Kind != StoreKind.Partition))
            log.Run(CheckKinds.Stores, "partition", findings => Unused(findings, $"Partition {partition!.Number} is no store of the settings."));
        if (inFile is not null && persistence.Stores.All(store => store.Kind != StoreKind.Folder))
            log.Run(CheckKinds.Stores, "file", findings => Unused(findings, $"{LiveLayout.ContainerPath} is no store of the settings."));
        if (persistence.Stores.Count == 0 && inPartition is null && inFile is null)
            log.Skip(CheckKinds.Stores, "There are no stores.");
    }

    private static string Unused(Findings findings, string what)
    {
        findings.Warn(what, "Remove it, or use it with Set-RpiLivePersistence.");
        return "";
    }

    private static string CheckStore(RandomAccessSource? source, string where, Findings findings, CancellationToken cancellation)
    {
        if (source is null)
        {
            findings.Fail($"The settings name a store in {where}, and the image has none.", "Make it with Set-RpiLivePersistence, or remove it from the settings.");
            return "";
        }
        if (Ext4Volume.ReadLabel(source) is { } label && label != LiveLayout.StoreLabel)
            findings.Fail($"The file system in {where} has the label '{label}'; /init looks for {LiveLayout.StoreLabel}.", Repair);
        try
        {
            Ext4Audit audit = Ext4Audit.Make(source, cancellation);
            if (audit.HasErrors)
                findings.Fail($"The file system in {where} has errors that Linux noted.", Repair);
            foreach (string fault in audit.Faults)
                findings.Fail($"The file system in {where} is damaged: {fault}.", Repair);
            if (audit.NeedsRecovery)
                findings.Warn($"The file system in {where} was not unmounted cleanly; the next boot puts that right.", Repair);
            Ext4Volume volume = Ext4Volume.Open(source, cancellation);
            volume.ReadTree(cancellation);
            return Invariant($"ext4 of {source.Length >> 20:N0} MiB in {where}.");
        }
        catch (ImageException error)
        {
            findings.Fail(error.Message, Repair);
            return "";
        }
    }

    private static string CheckZram(TestedImage image, ZramSettings zram, Findings findings)
    {
        if (image.Document is not { } document)
            return "";
        const string Remedy = "Set zram up again with Add-RpiLiveZram -Force, which checks what each kernel has.";
        foreach (LiveFlavour flavour in document.Flavours)
        {
            if (flavour.ZramAlgorithms is not { } algorithms)
                continue;
            if (algorithms.Count == 0)
                findings.Fail($"The kernel {flavour.Name} has no zram.", "Remove-RpiLiveZram takes zram out of the settings.");
            else if (zram.Algorithm is { } algorithm && !algorithms.Contains(algorithm))
                findings.Fail($"zram of the kernel {flavour.Name} does not compress with {algorithm}, but with {string.Join(", ", algorithms)}.", Remedy);
        }
        return document.Flavours.All(flavour => flavour.ZramAlgorithms is null) ? $"{zram}; what the kernels have is not known, as the image was made by an early RpiLive." : $"{zram}.";
    }
}
