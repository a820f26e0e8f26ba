using System.Text;
using RpiLive.Core.Errors;
using RpiLive.Core.Imaging.Editing;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Persistence;

/// <summary>Works out what a request changes in a live image, and refuses one that cannot work. Writes nothing.</summary>
public static class KeepPlanner
{
    private const int MiB = 1 << 20;

    /// <summary>Plans to keep more.</summary>
    /// <param name="state">The image.</param>
    /// <param name="request">What to keep.</param>
    /// <param name="cancellation">Ends the reading of a folder that fills a directory.</param>
    /// <exception cref="ImageException">The request cannot work, or the root is damaged.</exception>
    public static EditPlan Plan(EditState state, KeepRequest request, CancellationToken cancellation)
    {
        string image = state.Image;
        PersistenceSettings before = state.Settings.Persistence, after = before;
        List<string> steps = [], warnings = [];
        bool machineId = request.Presets.Any(KeepPresets.KeepsMachineId);
        KeepJudge judge = new(state.Root, image);
        List<(string Directory, KeepMode Mode)> wanted =
            [.. request.Directories.Select(directory => (judge.Place(Trim(directory), request.Mode), request.Mode))];
        foreach (PersistenceConfEntry entry in request.Imported)
        {
            wanted.Add((judge.Place(entry.Directory, entry.Mode), entry.Mode));
            if (entry.Source is not null)
                warnings.Add($"{entry.Directory}: source={entry.Source} is not taken over; data that a volume keeps there already are used when {PersistenceConf.FileName} lies at its root.");
        }
        foreach (KeepPreset preset in request.Presets)
        {
            wanted.AddRange(KeepPresets.Find(preset, state.Root, image).Select(found => (judge.Place(found.Directory, found.Mode), found.Mode))
                .Where(found => !IsKeptAlready(after, wanted, found.Item1)));
        }

        bool needsStore = machineId || wanted.Exists(rule => rule.Mode != KeepMode.Tmpfs);
        Store? store = needsStore || request.Store != new StoreRequest() ? StoreChooser.Choose(before, request.Store, image) : null;
        if (store is not null && before.Find(store.Name) != store)
        {
            after = after.With(store);
            steps.Add(before.Find(store.Name) is null ? $"keep data on the store {store.Name} ({Describe(store)})" : $"change the store {store.Name}");
        }
        foreach ((string directory, KeepMode mode) in wanted)
        {
            KeepRule rule = mode == KeepMode.Tmpfs ? new(directory, mode, null, request.TmpfsSize) : new(directory, mode, store!.Name);
            if (after.Rules.Contains(rule))
                continue;
            after = after.With(rule);
            steps.Add(mode == KeepMode.Tmpfs ? $"hold {directory} in RAM" : $"keep {directory} ({mode}) on {store!.Name}");
        }
        if (machineId && after.MachineIdStore != store!.Name)
        {
            after = after with { MachineIdStore = store.Name };
            steps.Add($"keep the machine id on {store.Name}");
        }
        KeepJudge.CheckTogether(after.Rules, image);

        CardChange? change = store is null ? null : PlanCard(state, store, request, wanted, steps, cancellation);
        LiveSettings settings = state.Settings with { Persistence = after };
        if (Encoding.UTF8.GetByteCount(settings.Format()) > LiveSettings.MaxLength)
        {
            throw KeepErrors.Request(ErrorIds.TooManyKeepRules, image, $"{LiveSettings.Path} would have more than {LiveSettings.MaxLength:N0} bytes",
                "Keep a directory further up in place of several in it.");
        }
        return new EditPlan { Settings = settings, Changes = change is null ? [] : [change], Steps = steps, Warnings = warnings };
    }

    /// <summary>Plans to keep less.</summary>
    /// <param name="state">The image.</param>
    /// <param name="request">What to keep no longer.</param>
    /// <exception cref="ImageException"><see cref="ErrorIds.KeepRuleMissing"/>, or the root is damaged.</exception>
    public static EditPlan Plan(EditState state, ForgetRequest request)
    {
        PersistenceSettings before = state.Settings.Persistence;
        HashSet<string> gone = request.All ? [.. before.Rules.Select(rule => rule.Directory)] : [];
        bool machineId = request.All;
        foreach (string directory in request.Directories.Select(Trim))
            gone.Add(FindRule(state, directory)?.Directory ?? throw Missing(state, $"it has no keep rule for {directory}"));
        foreach (KeepPreset preset in request.Presets)
        {
            KeepRule[] rules = [.. KeepPresets.Directories(preset).Select(directory => FindRule(state, directory)).OfType<KeepRule>()];
            bool itsId = KeepPresets.KeepsMachineId(preset) && before.MachineIdStore is not null;
            if (rules.Length == 0 && !itsId)
                throw Missing(state, $"it has no keep rule for a directory of the preset {preset}");
            gone.UnionWith(rules.Select(rule => rule.Directory));
            machineId |= itsId;
        }

        List<string> steps = [.. before.Rules.Where(rule => gone.Contains(rule.Directory)).Select(rule => $"no longer keep {rule.Directory}")];
        if (machineId && before.MachineIdStore is not null)
            steps.Add("no longer keep the machine id");
        PersistenceSettings after = before with
        {
            Rules = [.. before.Rules.Where(rule => !gone.Contains(rule.Directory))],
            MachineIdStore = machineId ? null : before.MachineIdStore,
        };
        List<CardChange> changes = [];
        if (!request.KeepStores)
        {
            Store[] unused = [.. before.Stores.Where(store => !after.Uses(store) && (request.All || before.Uses(store)))];
            after = after with { Stores = [.. before.Stores.Except(unused)] };
            foreach (Store store in unused.Where(store => store.Kind == StoreKind.Usb))
                steps.Add($"no longer look for the store {store.Name}");
            foreach (StoreKind kind in (StoreKind[])[StoreKind.Partition, StoreKind.Folder])
            {
                Store? store = unused.FirstOrDefault(store => store.Kind == kind);
                if (state.LengthOf(kind) is { } length && (store is not null || request.All))
                {
                    changes.Add(new CardChange(kind, null));
                    steps.Add($"remove the {Noun(kind)} of {length / MiB} MiB with all that it holds");
                }
                else if (store is not null)
                {
                    steps.Add($"remove the store {store.Name}");
                }
            }
        }
        return new EditPlan { Settings = state.Settings with { Persistence = after }, Changes = changes, Steps = steps };
    }

    private static string Trim(string directory) => directory.Length > 1 && directory.EndsWith('/') ? directory[..^1] : directory;

    /// <summary>A preset leaves out what a wider rule keeps, old or new.</summary>
    private static bool IsKeptAlready(PersistenceSettings settings, List<(string Directory, KeepMode Mode)> wanted, string directory) =>
        settings.Rules.Where(rule => rule.Mode != KeepMode.Tmpfs).Select(rule => rule.Directory)
            .Concat(wanted.Where(rule => rule.Mode != KeepMode.Tmpfs).Select(rule => rule.Directory))
            .Any(other => KeepDirectory.IsInside(directory, other))
        && !settings.Rules.Any(rule => rule.Directory == directory);

    private static string Describe(Store store) => store.Kind switch
    {
        StoreKind.Usb => $"the volume {store.Label ?? store.Uuid}",
        _ => "a " + Noun(store.Kind) + " of the card",
    };

    private static string Noun(StoreKind kind) => kind == StoreKind.Partition ? "partition" : "container file";

    private static CardChange? PlanCard(
        EditState state, Store store, KeepRequest request, List<(string Directory, KeepMode Mode)> wanted, List<string> steps, CancellationToken cancellation)
    {
        if (store.Kind == StoreKind.Usb)
        {
            return request.Seed is null ? null : throw KeepErrors.Request(ErrorIds.SeedUnusable, state.Image,
                $"the store {store.Name} is a volume on USB, which is not here to be filled", "Use -Target Partition or -Target Folder with -Seed, or copy the files to the Pi.");
        }
        long? existing = state.LengthOf(store.Kind);
        long length = request.Store.Length is { } asked ? StoreChooser.Round(asked) : existing ?? throw KeepErrors.Request(
            ErrorIds.StoreSizeInvalid, state.Image, $"the {Noun(store.Kind)} has to be made and has no size", "Give its -Size, such as 2GB.");
        KeepRule? seeded = null;
        DirectoryNode? seed = null;
        if (existing != length)
            steps.Add(existing is null ? $"make the {Noun(store.Kind)} with {length / MiB} MiB" : $"make the {Noun(store.Kind)} anew with {length / MiB} MiB in place of {existing / MiB}");
        if (request.Seed is { } options)
        {
            if (wanted.Count != 1 || wanted[0].Mode == KeepMode.Tmpfs)
            {
                throw KeepErrors.Request(ErrorIds.SeedUnusable, state.Image, "a folder fills one directory that is kept on a store", "Name one -Directory with -Seed, and -Mode Overlay or Bind.");
            }
            seeded = new KeepRule(wanted[0].Directory, wanted[0].Mode, store.Name);
            seed = Seeding.Read(options, seeded.Directory, state.Root, state.Image, cancellation);
            steps.Add($"fill {seeded.Directory} with {options.Folder}");
        }
        return existing == length && seed is null ? null : new CardChange(store.Kind, length, seeded, seed);
    }

    private static KeepRule? FindRule(EditState state, string directory)
    {
        IReadOnlyList<KeepRule> rules = state.Settings.Persistence.Rules;
        return rules.FirstOrDefault(rule => rule.Directory == directory) ?? (KeepDirectory.Fault(directory, KeepMode.Tmpfs) is null
            && state.Root.Resolve(directory) is { } place ? rules.FirstOrDefault(rule => rule.Directory == place) : null);
    }

    private static ImageException Missing(EditState state, string what) => KeepErrors.Request(ErrorIds.KeepRuleMissing, state.Image, what,
        state.Settings.Persistence.Rules is { Count: > 0 } rules
            ? $"Name a directory that it has a rule for: {string.Join(", ", rules.Select(rule => rule.Directory))}." : "See the KeepRules of the image: nothing is kept in it.");
}
