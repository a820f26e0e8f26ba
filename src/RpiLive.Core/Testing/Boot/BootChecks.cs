using System.Globalization;
using System.Text.Json;
using RpiLive.Core.Errors;
using RpiLive.Core.Fat;
using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Imaging.Persistence;
using RpiLive.Core.Partitions;
using RpiLive.Core.Testing.Initramfs;
using static System.FormattableString;

namespace RpiLive.Core.Testing.Boot;

/// <summary>Starts each kernel of an image in QEMU, twice, and judges by what the system says and by what was written.</summary>
internal static class BootChecks
{
    private const int MiB = 1 << 20;

    private static readonly CheckKind[] s_kinds =
    [
        CheckKinds.BootKernel, CheckKinds.BootMedium, CheckKinds.BootRoot, CheckKinds.BootZram, CheckKinds.BootStores, CheckKinds.BootSystem,
        CheckKinds.BootUnits, CheckKinds.BootWrites, CheckKinds.BootPristine, CheckKinds.BootTime,
    ];

    /// <summary>Makes the checks.</summary>
    public static void Run(TestedImage image, BootOptions options, CheckLog log, CancellationToken cancellation)
    {
        if (!log.Wants(s_kinds))
            return;
        string? reason = options.Qemu is not { } qemu ? "There is no QEMU on this host: qemu-system-aarch64 was not found."
            : qemu.Version.Major < QemuProgram.LeastMajor ? $"{qemu} is too old; version {QemuProgram.LeastMajor} or later is needed."
            : image.Boot is null ? Reasons.NoBootVolume
            : image.Settings is null ? Reasons.NoSettings
            : image.Kernels.Count == 0 ? "No model loads a kernel with an initramfs from this image."
            : null;
        if (reason is not null)
        {
            SkipAll(log, reason, null);
            return;
        }
        using ConsoleFile? console = options.ConsoleLogPath is { } path ? new ConsoleFile(path) : null;
        foreach (TestedKernel kernel in image.Kernels)
        {
            try
            {
                Boot(image, kernel, options, log, console, cancellation);
            }
            catch (Exception error) when (error is ImageException or IOException or UnauthorizedAccessException)
            {
                // The host's, such as a full disk for temporary files: no matter of the image, and no reason to lose what is known of it.
                SkipAll(log, $"It could not be booted here: {error.Message}", kernel.Name);
            }
        }
        console?.Commit();
    }

    private static void Boot(TestedImage image, TestedKernel kernel, BootOptions options, CheckLog log, ConsoleFile? console, CancellationToken cancellation)
    {
        QemuMachine? machine = null;
        string reason = $"{kernel.Path} has no initramfs of RpiLive.";
        try
        {
            if (FatPath.FindFile(image.Boot!, kernel.Path) is null)
                reason = $"There is no {kernel.Path}.";
            else if (FatPath.FindFile(image.Boot!, kernel.InitramfsPath) is { } file
                && kernel.ArchiveIn(InitramfsArchive.Read(file.Content, kernel.InitramfsPath, cancellation)) is { } archive)
                machine = QemuMachine.Choose(options.Qemu!, kernel, archive, image.Boot!, image.Codecs, NeededMemory(image), out reason);
        }
        catch (ImageException error)
        {
            reason = error.Message;
        }
        if (machine is null)
        {
            SkipAll(log, reason, kernel.Name);
            return;
        }
        using BootMachine boots = new(image, kernel, machine, options);
        BootRecord first = boots.Run(isLast: false, cancellation);
        BootRecord? second = first.Report.System is not null ? boots.Run(isLast: true, cancellation) : null;
        for (int number = 0; number < boots.Logs.Count; number++)
            console?.Add(string.Create(CultureInfo.InvariantCulture, $"{kernel.Name} on {machine.Name}, boot {number + 1}"), boots.Logs[number]);
        if (first.IsBroken && !first.Report.HasKernel)
            SkipAll(log, $"QEMU could not start the machine {machine.Name}. {first.Errors}".Trim(), kernel.Name);
        else
            Judge(image, kernel, machine, first, second, boots.OverlayPath, log);
    }

    private static int NeededMemory(TestedImage image) => image.RootFile is { } root
        ? (int)Math.Min(MemoryBudget.RequiredMemory(root.Content.Length, image.EffectiveSettings.Reserve) / MiB, 1 << 16)
        : 0;

    private static void Judge(
        TestedImage image, TestedKernel kernel, QemuMachine machine, BootRecord first, BootRecord? second, string overlayPath, CheckLog log)
    {
        string name = kernel.Name;
        GuestReport report = first.Report;
        log.Run(CheckKinds.BootKernel, name, findings =>
        {
            if (report.Event("init") is null)
                findings.Fail(report.HasKernel ? $"The kernel starts on {machine.Name} and does not get to /init.{Ending(first)}" : $"The kernel does not start on {machine.Name}.{Ending(first)}");
            return $"Linux {GuestReport.Text(report.Event("init"))} on {machine.Name} with {machine.Memory} MiB.";
        });
        if (report.Event("init") is null)
        {
            foreach (CheckKind kind in s_kinds.Except([CheckKinds.BootKernel, CheckKinds.BootWrites]))
                log.Skip(kind, "/init did not start.", name);
        }
        else
        {
            JudgeInit(image, machine, first, log, name);
            JudgeSystem(image, first, second, log, name);
        }
        log.Run(CheckKinds.BootWrites, name, findings => JudgeWrites(image, first, second, QemuOverlay.ReadWritten(overlayPath), findings));
    }

    private static void JudgeInit(TestedImage image, QemuMachine machine, BootRecord first, CheckLog log, string name)
    {
        GuestReport report = first.Report;
        log.Run(CheckKinds.BootMedium, name, findings =>
        {
            if (report.Event("medium") is null)
                findings.Fail($"/init does not find the boot medium{Because(report)}.{Ending(first)}");
            return $"{GuestReport.Text(report.Event("medium"))}.";
        });
        if (report.Event("medium") is null || report.Boot is not { } boot)
        {
            if (report.Event("medium") is not null)
                log.Run(CheckKinds.BootRoot, name, findings => Fail(findings, $"/init does not put the live root together{Because(report)}.{Ending(first)}"));
            else
                log.Skip(CheckKinds.BootRoot, "The boot medium was not found.", name);
            foreach (CheckKind kind in (CheckKind[])[CheckKinds.BootZram, CheckKinds.BootTime])
                log.Skip(kind, "/init did not get so far.", name);
            return;
        }
        log.Run(CheckKinds.BootRoot, name, findings => JudgeRoot(image, machine, boot, report.System, findings));
        if (image.EffectiveSettings.Zram is null)
            log.Skip(CheckKinds.BootZram, "The settings ask for no zram.", name);
        else
        {
            log.Run(CheckKinds.BootZram, name, findings =>
            {
                JsonElement? zram = GuestReport.Get(boot, "zram");
                if (GuestReport.Text(GuestReport.Get(zram, "state")) != "Active")
                    findings.Fail($"There is no swap on zram: {GuestReport.Text(GuestReport.Get(zram, "reason"))}.", "See what Add-RpiLiveZram says of this image.");
                else if (report.System is { } system && GuestReport.Get(system, "status", "zram", "active") is not { ValueKind: JsonValueKind.True })
                    findings.Fail("Swap on zram is not on any more once the system has started.", "See what of the image switches swap off.");
                return Invariant($"{GuestReport.Text(GuestReport.Get(zram, "device"))}, {GuestReport.Number(GuestReport.Get(zram, "sizeKiB")) / 1024:N0} MiB, {GuestReport.Text(GuestReport.Get(zram, "algorithm"))}.");
            });
        }
        log.Run(CheckKinds.BootTime, name, findings => string.Join(", ", GuestReport.Items(GuestReport.Get(boot, "steps"))
            .Select(step => Invariant($"{GuestReport.Text(GuestReport.Get(step, "name"))} {GuestReport.Number(GuestReport.Get(step, "seconds")):0.00} s")))
            + (report.System is { } system ? Invariant($"; system after {GuestReport.Number(GuestReport.Get(system, "status", "uptimeSeconds")):N0} s.") : "."));
    }

    private static string JudgeRoot(TestedImage image, QemuMachine machine, JsonElement boot, JsonElement? system, Findings findings)
    {
        string mode = GuestReport.Text(GuestReport.Get(boot, "rootMode")) ?? "", why = GuestReport.Text(GuestReport.Get(boot, "reason")) ?? "";
        bool isVerified = GuestReport.Get(boot, "squashfs", "verified") is { ValueKind: JsonValueKind.True };
        LiveSettings settings = image.EffectiveSettings;
        bool mustFit = settings.Root == RootMode.Ram || (settings.Root == RootMode.Auto && machine.Memory >= NeededMemory(image));
        if (mode != "Ram" && mustFit)
            findings.Fail($"The root runs from the medium on a machine with {machine.Memory} MiB: {why}.", "See whether the image needs more RAM than live/image.json says.");
        if (mode == "Ram" && settings.Verify != VerifyMode.No && !isVerified)
            findings.Fail("The SHA-256 of the root was not checked.");
        if (system is not null && GuestReport.Text(GuestReport.Get(system, "rootType")) is not "overlay" and var type)
            findings.Fail($"/ is {type}, not an overlay.");
        foreach (JsonElement warning in GuestReport.Items(GuestReport.Get(boot, "warnings")))
            findings.Warn($"/init warns: {GuestReport.Text(warning)}.", "See docs/rpilive.md of RpiLive for what it means.");
        return mode == "Ram" ? $"In RAM{(isVerified ? ", checked" : "")}, under an overlay." : $"From the medium ({why}), under an overlay.";
    }

    private static void JudgeSystem(TestedImage image, BootRecord first, BootRecord? second, CheckLog log, string name)
    {
        GuestReport report = first.Report;
        if (report.Boot is null)
        {
            foreach (CheckKind kind in (CheckKind[])[CheckKinds.BootSystem, CheckKinds.BootUnits, CheckKinds.BootStores, CheckKinds.BootPristine])
                log.Skip(kind, "The live root did not start.", name);
            return;
        }
        log.Run(CheckKinds.BootSystem, name, findings =>
        {
            foreach (BootRecord record in second is null ? [first] : (BootRecord[])[first, second])
            {
                string which = record == second ? "second " : "";
                if (record.Report.System is not { } system)
                    findings.Fail($"The system does not get to its target at the {which}boot.{Ending(record)}", "See the console by -ConsoleLogPath; -BootTimeoutSeconds gives it more time.");
                else if (GuestReport.Text(GuestReport.Get(system, "targetState")) is not "active" and var state)
                    findings.Fail($"{GuestReport.Text(GuestReport.Get(system, "target"))} is {state}, the system {GuestReport.Text(GuestReport.Get(system, "system"))}.", "See the console by -ConsoleLogPath.");
                else if (!record.IsOff)
                    findings.Warn("The system does not go down when told to.", "See the console by -ConsoleLogPath.");
            }
            return $"{GuestReport.Text(GuestReport.Get(report.System, "target"))}, {GuestReport.Text(GuestReport.Get(report.System, "system"))}.";
        });
        if (report.System is not { } running)
        {
            foreach (CheckKind kind in (CheckKind[])[CheckKinds.BootUnits, CheckKinds.BootStores, CheckKinds.BootPristine])
                log.Skip(kind, "The system did not get to its target.", name);
            return;
        }
        log.Run(CheckKinds.BootUnits, name, findings =>
        {
            string[] failed = [.. GuestReport.Items(GuestReport.Get(running, "failedUnits")).Select(unit => GuestReport.Text(unit) ?? "")];
            if (failed.Length > 0)
                findings.Warn($"Units failed: {string.Join(", ", failed)}.", "See whether they need hardware that QEMU does not have; if not, repair or mask them in the stock image.");
            return "None failed.";
        });
        PersistenceSettings persistence = image.EffectiveSettings.Persistence;
        if (persistence.Rules.Count == 0 && persistence.MachineIdStore is null)
            log.Skip(CheckKinds.BootStores, "Nothing is kept.", name);
        else if (!persistence.Enabled)
            log.Skip(CheckKinds.BootStores, "Keeping is switched off.", name);
        else if (BootMachine.NeedsStick(persistence))
            log.Skip(CheckKinds.BootStores, "A stick must be there, and there is none in QEMU: keeping was switched off.", name);
        else
            log.Run(CheckKinds.BootStores, name, findings => JudgeStores(persistence, report.Boot!.Value, second, findings));
        if (second?.Report.System is not { } again)
            log.Skip(CheckKinds.BootPristine, "The second boot did not get to its target.", name);
        else
            log.Run(CheckKinds.BootPristine, name, findings => JudgePristine(persistence, running, again, findings));
    }

    /// <summary>Rules whose directories are kept on the card, which is there in QEMU.</summary>
    private static List<string> KeptOnCard(PersistenceSettings persistence) => !persistence.Enabled || BootMachine.NeedsStick(persistence) ? [] :
        [.. persistence.Rules.Where(rule => persistence.Find(rule.Store) is { Kind: not StoreKind.Usb, ReadOnly: false }).Select(rule => rule.Directory)];

    private static string JudgeStores(PersistenceSettings persistence, JsonElement boot, BootRecord? second, Findings findings)
    {
        List<string> seen = [];
        foreach (JsonElement item in GuestReport.Items(GuestReport.Get(boot, "stores")))
        {
            string name = GuestReport.Text(GuestReport.Get(item, "name")) ?? "", state = GuestReport.Text(GuestReport.Get(item, "state")) ?? "";
            seen.Add($"{name} {state}");
            if (persistence.Enabled && persistence.Find(name) is { Kind: not StoreKind.Usb } store && persistence.Uses(store) && state != (store.ReadOnly ? "ReadOnly" : "Mounted"))
                findings.Fail($"The store {name} is {state}: {GuestReport.Text(GuestReport.Get(item, "reason"))}.", "Make it anew with Set-RpiLivePersistence.");
        }
        List<string> kept = KeptOnCard(persistence);
        foreach (JsonElement rule in GuestReport.Items(GuestReport.Get(boot, "keep")))
        {
            string directory = GuestReport.Text(GuestReport.Get(rule, "directory")) ?? "", state = GuestReport.Text(GuestReport.Get(rule, "state")) ?? "";
            if (kept.Contains(directory) && state != "Kept")
                findings.Fail($"{directory} is {state}: {GuestReport.Text(GuestReport.Get(rule, "reason"))}.", "See what Set-RpiLivePersistence says of this rule.");
        }
        if (second?.Report.System is { } again)
        {
            string[] marks = Marks(again);
            foreach (string directory in kept.Except(marks))
                findings.Fail($"What was written to {directory} is gone after a restart.", "See the console by -ConsoleLogPath.");
        }
        return $"{string.Join(", ", seen)}.";
    }

    private static string JudgePristine(PersistenceSettings persistence, JsonElement first, JsonElement second, Findings findings)
    {
        List<string> kept = KeptOnCard(persistence);
        foreach ((JsonElement report, string which) in ((JsonElement, string)[])[(first, "the first boot"), (second, "a restart")])
        {
            // What the image's store holds from boots on a Pi is no matter.
            string[] left = [.. Marks(report).Where(mark => !kept.Any(directory => mark == directory || KeepDirectory.IsInside(mark, directory)))];
            if (left.Length > 0)
                findings.Fail($"A file written to {string.Join(", ", left)} is still there after {which}.");
        }
        return "Nothing is left of the first boot.";
    }

    private static string[] Marks(JsonElement report) => [.. GuestReport.Items(GuestReport.Get(report, "marks")).Select(mark => GuestReport.Text(mark) ?? "")];

    private static string JudgeWrites(TestedImage image, BootRecord first, BootRecord? second, IReadOnlyList<WrittenRange> written, Findings findings)
    {
        const int Piece = 64 << 10;
        PersistenceSettings persistence = image.EffectiveSettings.Persistence;
        List<(long Start, long End)> allowed = [];
        if (persistence.Enabled && !BootMachine.NeedsStick(persistence))
        {
            foreach (Store store in persistence.Stores.Where(store => persistence.Uses(store) && !store.ReadOnly))
            {
                // A file on the boot volume changes its tables, too.
                MbrPartition? partition = store.Kind switch
                {
                    StoreKind.Partition => image.Table!.Partitions.FirstOrDefault(other => other != image.BootPartition),
                    StoreKind.Folder => image.BootPartition,
                    _ => null,
                };
                if (partition is not null)
                    allowed.Add((partition.FirstByte / Piece * Piece, store.Grow ? long.MaxValue : (partition.End + Piece - 1) / Piece * Piece));
            }
        }
        List<WrittenRange> outside = [.. written.Where(range => !allowed.Any(part => range.Offset >= part.Start && range.End <= part.End))];
        long? bytes = first.Written + (second is null ? 0 : second.Written);
        if (outside.Count > 0)
        {
            findings.Fail(Invariant($"The card was written outside of stores, in {outside.Count} places, the first at byte {outside[0].Offset:N0} ({outside.Sum(range => range.Length) >> 10:N0} KiB in all)."),
                "See the other checks and the console by -ConsoleLogPath for what writes.");
        }
        if (allowed.Count == 0 && bytes > 0 && outside.Count == 0)
            findings.Fail(Invariant($"{bytes:N0} bytes were written to the card."), "See the other checks and the console by -ConsoleLogPath for what writes.");
        if (bytes is null)
            findings.Warn($"QEMU does not say how much was written. {first.Errors}".TrimEnd(), "See whether QEMU works on this host.");
        return allowed.Count == 0 ? "0 bytes." : Invariant($"{bytes:N0} bytes, all of them to stores.");
    }

    private static void SkipAll(CheckLog log, string reason, string? subject)
    {
        foreach (CheckKind kind in s_kinds)
            log.Skip(kind, reason, subject);
    }

    private static string Because(GuestReport report) => report.Failure is { } failure ? $": {failure}" : "";

    private static string Ending(BootRecord record)
    {
        string last = record.Tail.Split('\n')[^1].Trim();
        string end = record.TimedOut ? Invariant($" It was given {record.Duration.TotalSeconds:N0} s.") : "";
        string said = record.Report.Failure is null && last.Length > 0 ? $" The console ends with '{last}'." : "";
        return end + said + (record.Errors.Length > 0 ? $" QEMU says: {record.Errors.Split('\n')[0].Trim()}." : "");
    }

    private static string Fail(Findings findings, string what)
    {
        findings.Fail(what, "See the console by -ConsoleLogPath.");
        return "";
    }
}
