using System.Globalization;
using System.Text;
using RpiLive.Core.Errors;
using RpiLive.Core.Fat;
using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.BootFiles;
using RpiLive.Core.Imaging.Edits;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Testing.Safety;

/// <summary>
/// Nothing of the image writes to the card, and nothing secret is the same on each copy. The root edits of a build are the judges
/// of the root: in a live image none of them has anything left to do.
/// </summary>
internal static class SafetyChecks
{
    private const int MaxPathsNamed = 6;

    /// <summary>What it means when an edit finds something to do.</summary>
    private static readonly Dictionary<string, (CheckKind Kind, bool Fails)> s_edits = new(StringComparer.Ordinal)
    {
        ["fstab"] = (CheckKinds.CardMounts, true),
        ["swap"] = (CheckKinds.CardMounts, true),
        ["root-resize"] = (CheckKinds.RootResize, true),
        ["root-check"] = (CheckKinds.RootResize, true),
        ["boot-firmware"] = (CheckKinds.CardWriters, true),
        ["boot-packages"] = (CheckKinds.CardWriters, true),
        ["initramfs-update"] = (CheckKinds.CardWriters, true),
        ["boot-volume-units"] = (CheckKinds.FirstBoot, false),
        ["first-boot-settings"] = (CheckKinds.FirstBoot, false),
        ["cloud-init"] = (CheckKinds.FirstBoot, false),
        ["machine-id"] = (CheckKinds.SharedSecrets, false),
        ["secret-seeds"] = (CheckKinds.SharedSecrets, false),
        ["journal"] = (CheckKinds.Upkeep, false),
        ["maintenance"] = (CheckKinds.Upkeep, false),
        ["clock"] = (CheckKinds.Upkeep, false),
        ["live-folder"] = (CheckKinds.Upkeep, false),
        ["live-command"] = (CheckKinds.Upkeep, false),
        ["posix-acls"] = (CheckKinds.Upkeep, false),
        ["xattrs"] = (CheckKinds.Upkeep, false),
    };

    /// <summary>Makes the checks. Works on the tree of the root, which is another one afterwards.</summary>
    public static void Run(TestedImage image, CheckLog log, CancellationToken cancellation)
    {
        CheckKind[] ofRoot = [CheckKinds.CardMounts, CheckKinds.RootResize, CheckKinds.CardWriters, CheckKinds.FirstBoot, CheckKinds.Upkeep,
            CheckKinds.SharedSecrets, CheckKinds.SshHostKeys, CheckKinds.Passwords];
        if (image.Boot is not { } boot || image.Configuration is not { } configuration)
        {
            foreach (CheckKind kind in (CheckKind[])[CheckKinds.CardWords, .. ofRoot])
                log.Skip(kind, Reasons.NoBootVolume);
            return;
        }
        log.Run(CheckKinds.CardWords, null, findings => CheckWords(boot, configuration.CommandLinePath, findings));
        if (!log.Wants(ofRoot))
            return;
        if (image.RootTree is not { } root)
        {
            foreach (CheckKind kind in ofRoot)
                log.Skip(kind, Reasons.NoRoot);
            return;
        }
        log.Run(CheckKinds.SshHostKeys, null, findings => CheckHostKeys(root, findings));
        log.Run(CheckKinds.Passwords, null, findings => PasswordCheck.Run(root, boot, findings, cancellation));
        CheckEdits(image, root, log);
    }

    private static string CheckWords(DirectoryNode boot, string path, Findings findings)
    {
        if (FatPath.FindFile(boot, path) is not { Content.Length: <= KernelCommandLine.MaxLength } file)
            return "There are no words.";
        KernelCommandLine line = KernelCommandLine.Parse(file.Content.ReadAll(KernelCommandLine.MaxLength));
        line.ToLive(out IReadOnlyList<string> dropped);
        if (dropped.Count > 0)
            findings.Fail($"{path} has words that lead back to the card: {string.Join(' ', dropped)}.", $"Take these words out of {path}.");
        foreach (string word in line.Words.Where(word => word.StartsWith("rpilive.root=", StringComparison.Ordinal) || word.StartsWith("rpilive.shell", StringComparison.Ordinal)
            || word == "rpilive.debug"))
            findings.Warn($"{path} has {word}, which changes every boot.", $"Take the word out of {path} once it is not needed any more.");
        return $"{line.Words.Count} words.";
    }

    private static string CheckHostKeys(DirectoryNode root, Findings findings)
    {
        string[] keys = [.. TreePath.FindDirectory(root, "/etc/ssh")?.Children.Keys.Select(name => name.ToString())
            .Where(name => name.StartsWith("ssh_host_", StringComparison.Ordinal) && name.EndsWith("_key", StringComparison.Ordinal)) ?? []];
        if (keys.Length > 0)
        {
            findings.Warn($"The root has SSH host keys ({string.Join(", ", keys)}): every copy shows the same identity, and who has the image can pose as any.",
                "Delete /etc/ssh/ssh_host_* in the stock image, and keep /etc/ssh to have keys that stay.");
        }
        return "None.";
    }

    private static void CheckEdits(TestedImage image, DirectoryNode root, CheckLog log)
    {
        RootEditResult? result = null;
        Exception? fault = null;
        List<string> mounts = [];
        try
        {
            RootEditOptions options = new()
            {
                BootVolumeId = image.BootVolume!.VolumeId,
                // As the build has it: the time of the stock root.
                Timestamp = new Timestamp(image.Root!.ModificationTime),
                StockVolumes = [.. image.Table!.Partitions.Select(partition => string.Create(CultureInfo.InvariantCulture, $"PARTUUID={image.Table.DiskId:x8}-{partition.Number:D2}")), "LABEL=" + LiveLayout.StoreLabel],
            };
            mounts = [.. CardUnits(root, options)];
            result = RootEdits.ApplyAll(root, options);
        }
        catch (Exception error) when (error is not (OperationCanceledException or OutOfMemoryException))
        {
            fault = error;
        }
        bool isOurs = image.Document is null || image.Document.Generator == $"RpiLive {typeof(SafetyChecks).Assembly.GetName().Version!.ToString(3)}";
        foreach (CheckKind kind in s_edits.Values.Select(edit => edit.Kind).Distinct())
        {
            log.Run(kind, null, findings =>
            {
                if (fault is not null)
                    System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(fault);
                if (kind == CheckKinds.CardMounts)
                    mounts.ForEach(mount => findings.Fail(mount, "Take the unit out of the stock image."));
                // Another version may do more or less of what is no danger to the card.
                foreach (AppliedEdit edit in result!.Edits.Where(edit => s_edits.TryGetValue(edit.Name, out var meaning) && meaning.Kind == kind && (isOurs || meaning.Fails)))
                    Say(findings, edit, s_edits[edit.Name].Fails);
                return "Nothing left to do.";
            });
        }
    }

    private static void Say(Findings findings, AppliedEdit edit, bool fails)
    {
        string paths = string.Join(", ", edit.Paths.Take(MaxPathsNamed)) + (edit.Paths.Count > MaxPathsNamed ? ", …" : "");
        string what = $"{paths}: not as a live image needs it. {edit.Reason}";
        if (fails)
            findings.Fail(what);
        else
            findings.Warn(what, Findings.MakeAgain);
    }

    /// <summary>Mount units (systemd.mount(5)) of volumes on the card that are not read-only.</summary>
    private static IEnumerable<string> CardUnits(DirectoryNode root, RootEditOptions options)
    {
        RootEditor editor = new(root, options);
        CardVolumes card = new(options, []);
        foreach (string unit in Units.Names(editor, ".mount"))
        {
            ILookup<string, string> settings = (Units.Read(editor, unit) ?? "").Split('\n').Select(line => line.Split('=', 2)).Where(parts => parts.Length == 2)
                .ToLookup(parts => parts[0].Trim(), parts => parts[1].Trim());
            string source = settings["What"].LastOrDefault() ?? "", mountOptions = settings["Options"].LastOrDefault() ?? "";
            if (card.Has(source) && !mountOptions.Split(',').Contains("ro"))
                yield return $"The unit {unit} mounts {source} of the card read-write.";
        }
    }
}
