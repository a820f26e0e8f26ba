using RpiLive.Core.Imaging.Initramfs;

namespace RpiLive.Core.Imaging.Persistence;

/// <summary>
/// Reads the lines of the live settings that are about keeping. What one line says about another (a store that is not there,
/// a size of a store that has none) is judged at the end, so that the order of lines does not matter.
/// </summary>
internal sealed class PersistenceReader
{
    private const string Prefix = "store.";

    private readonly List<Draft> _stores = [];
    private readonly Dictionary<string, (KeepRule Rule, int Line)> _rules = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private bool _enabled = true;
    private (string Store, int Line)? _machineId;

    /// <summary>True for a key that this reader takes.</summary>
    public static bool Knows(string key) => key is "persistence" or "keep" or "machineid"
        || (Split(key) is var (name, property) && Store.IsName(name)
            && property is "" or "label" or "uuid" or "size" or "grow" or "onmissing" or "timeout" or "readonly" or "flush");

    /// <summary>Takes a line.</summary>
    /// <returns>What is wrong with it; null for a good one.</returns>
    public string? Take(string key, string value, int line)
    {
        switch (key)
        {
            case "persistence":
                _enabled = value == "on";
                return value is "on" or "off" ? null : Refusal(key, value);
            case "machineid":
                _machineId = (value, line);
                return Store.IsName(value) ? null : Refusal(key, value);
            case "keep":
                return TakeRule(value, line);
            default:
                (string name, string property) = Split(key);
                if (_stores.Find(draft => draft.Store.Name == name) is not { } draft)
                    _stores.Add(draft = new Draft(new Store { Name = name, Kind = default }));
                return draft.Take(property, value, line) ? null : Refusal(key, value);
        }
    }

    /// <summary>The whole, once all lines were taken.</summary>
    /// <param name="fault">Where the lines do not agree, what is wrong and in which line.</param>
    public PersistenceSettings? Finish(out (string Text, int Line) fault)
    {
        fault = Disagreement() ?? default;
        if (fault.Text is not null)
            return null;
        PersistenceSettings settings = new()
        {
            Enabled = _enabled,
            Stores = [.. _stores.Select(draft => draft.Store)],
            MachineIdStore = _machineId?.Store,
        };
        return _order.Aggregate(settings, (read, directory) => read.With(_rules[directory].Rule));
    }

    private static (string Name, string Property) Split(string key)
    {
        if (!key.StartsWith(Prefix, StringComparison.Ordinal))
            return ("", "");
        string rest = key[Prefix.Length..];
        int dot = rest.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? (rest, "") : (rest[..dot], dot == rest.Length - 1 ? "." : rest[(dot + 1)..]);
    }

    private static string Refusal(string key, string value) => $"{key} cannot be '{Short(value)}'";

    private static string Short(string value) => value[..Math.Min(value.Length, 80)];

    private string? TakeRule(string value, int line)
    {
        (string mode, string rest) = Word(value);
        (string second, string directory) = Word(rest);
        KeepMode? known = mode switch { "overlay" => KeepMode.Overlay, "bind" => KeepMode.Bind, "tmpfs" => KeepMode.Tmpfs, _ => null };
        if (known is not { } kept || directory.Length == 0)
            return $"keep cannot be '{Short(value)}': it is overlay STORE DIRECTORY, bind STORE DIRECTORY or tmpfs SIZE DIRECTORY";
        if (KeepDirectory.Fault(directory, kept) is { } fault)
            return $"keep: '{Short(directory)}' {fault}";
        MemorySize? size = MemorySize.Parse(second);
        if (kept == KeepMode.Tmpfs && size is null && second != "-")
            return $"keep: the size of a tmpfs cannot be '{Short(second)}'; it is a number of MiB, a percentage such as 10%, or -";
        if (kept != KeepMode.Tmpfs && !Store.IsName(second))
            return $"keep: a store cannot be called '{Short(second)}'";
        if (!_rules.ContainsKey(directory))
            _order.Add(directory);
        _rules[directory] = (kept == KeepMode.Tmpfs ? new(directory, kept, null, size) : new(directory, kept, second), line);
        return null;
    }

    private static (string First, string Others) Word(string text)
    {
        int end = text.IndexOfAny([' ', '\t']);
        return end < 0 ? (text, "") : (text[..end], text[end..].TrimStart(' ', '\t'));
    }

    private (string Text, int Line)? Disagreement()
    {
        foreach (Draft draft in _stores)
        {
            if (draft.Disagreement() is { } fault)
                return (fault, draft.Line);
        }
        if (_stores.Count > Store.MaxCount)
            return ($"there are {_stores.Count} stores, more than {Store.MaxCount}", _stores[^1].Line);
        foreach (StoreKind kind in (StoreKind[])[StoreKind.Partition, StoreKind.Folder])
        {
            Draft[] same = [.. _stores.Where(draft => draft.Store.Kind == kind)];
            if (same.Length > 1)
                return ($"store.{same[1].Store.Name} is the second store of the kind {kind.ToString().ToLowerInvariant()}, of which there can be one", same[1].Line);
        }
        if (_rules.Count > PersistenceSettings.MaxRules)
            return ($"there are {_rules.Count} keep rules, more than {PersistenceSettings.MaxRules}", _rules[_order[^1]].Line);
        foreach ((KeepRule rule, int line) in _rules.Values)
        {
            if (rule.Store is not null && _stores.TrueForAll(draft => draft.Store.Name != rule.Store))
                return ($"there is no store.{rule.Store} for {rule.Directory}", line);
        }
        return _machineId is { } id && _stores.TrueForAll(draft => draft.Store.Name != id.Store)
            ? ($"there is no store.{id.Store} for the machine id", id.Line) : null;
    }

    /// <summary>A store whose lines are still coming.</summary>
    private sealed class Draft(Store store)
    {
        private bool _hasKind, _hasGrow;

        public Store Store { get; private set; } = store;

        /// <summary>The last line about it.</summary>
        public int Line { get; private set; }

        public bool Take(string property, string value, int line)
        {
            Line = line;
            Store? changed = property switch
            {
                "" => Kind(value) is { } kind ? Store with { Kind = kind } : null,
                "label" => Store.IsLabel(value) ? Store with { Label = value } : null,
                "uuid" => Store.IsUuid(value) ? Store with { Uuid = value } : null,
                "size" => SettingNumber.Parse(value, Store.MinMebibytes, Store.MaxMebibytes) is { } size ? Store with { Size = (int)size } : null,
                "grow" => YesNo(value) is { } grow ? Store with { Grow = grow } : null,
                "onmissing" => value switch
                {
                    "wait" => Store with { OnMissing = OnMissing.Wait },
                    "pristine" => Store with { OnMissing = OnMissing.Pristine },
                    "stop" => Store with { OnMissing = OnMissing.Stop },
                    _ => null,
                },
                "timeout" => Seconds(value) is { } timeout ? Store with { TimeoutSeconds = timeout } : null,
                "readonly" => YesNo(value) is { } readOnly ? Store with { ReadOnly = readOnly } : null,
                _ => Seconds(value) is { } flush ? Store with { FlushInterval = flush } : null,
            };
            if (changed is null)
                return false;
            _hasKind |= property.Length == 0;
            _hasGrow |= property == "grow";
            Store = changed;
            return true;
        }

        /// <summary>What the lines of the store do not agree about.</summary>
        public string? Disagreement()
        {
            string key = "store." + Store.Name;
            if (!_hasKind)
                return $"{key} itself is missing: it is usb, partition or folder";
            bool usb = Store.Kind == StoreKind.Usb;
            if (usb && Store.Label is null == Store.Uuid is null)
                return $"{key} needs {key}.label or {key}.uuid, not both";
            if (!usb && (Store.Label ?? Store.Uuid) is not null)
                return $"{key} lies on the card and has no label or uuid to be found by";
            if (!usb && Store.Size is not null)
                return $"{key} lies on the card, which says its size; {key}.size is for usb";
            return _hasGrow && Store.Kind != StoreKind.Partition ? $"{key}.grow is for a partition" : null;
        }

        private static StoreKind? Kind(string value) => value switch
        {
            "usb" => StoreKind.Usb,
            "partition" => StoreKind.Partition,
            "folder" => StoreKind.Folder,
            _ => null,
        };

        private static bool? YesNo(string value) => value switch { "yes" => true, "no" => false, _ => null };

        private static int? Seconds(string value) => (int?)SettingNumber.Parse(value, Store.MinSeconds, Store.MaxSeconds);
    }
}
