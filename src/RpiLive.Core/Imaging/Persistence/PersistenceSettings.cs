using System.Globalization;
using System.Text;
using RpiLive.Core.Imaging.Initramfs;

namespace RpiLive.Core.Imaging.Persistence;

/// <summary>The part of the live settings that says what is kept, and where.</summary>
public sealed record PersistenceSettings
{
    /// <summary>The most keep rules of one image.</summary>
    public const int MaxRules = 64;

    /// <summary>False to start as if nothing were kept (<c>persistence=on|off</c>).</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The stores, in the order of the file; at most eight.</summary>
    public IReadOnlyList<Store> Stores { get; init; } = [];

    /// <summary>The keep rules, a directory before what is inside of it; no directory twice.</summary>
    public IReadOnlyList<KeepRule> Rules { get; init; } = [];

    /// <summary>Name of the store that keeps the machine id; null where it follows from the board.</summary>
    public string? MachineIdStore { get; init; }

    /// <summary>True when nothing is said.</summary>
    public bool IsEmpty => Enabled && Stores.Count == 0 && Rules.Count == 0 && MachineIdStore is null;

    /// <summary>The store of a name, or null.</summary>
    public Store? Find(string? name) => Stores.FirstOrDefault(store => store.Name == name);

    /// <summary>True when a rule or the machine id needs the store.</summary>
    public bool Uses(Store store) => MachineIdStore == store.Name || Rules.Any(rule => rule.Store == store.Name);

    /// <summary>The settings with a rule more, or in place of the one for the same directory.</summary>
    public PersistenceSettings With(KeepRule rule) => this with
    {
        // With a slash at the end, a directory sorts right before everything in it.
        Rules = [.. Rules.Where(other => other.Directory != rule.Directory).Append(rule).OrderBy(other => other.Directory + "/", StringComparer.Ordinal)],
    };

    /// <summary>The settings with a store more, or in place of the one of the same name.</summary>
    public PersistenceSettings With(Store store) => this with
    {
        Stores = Find(store.Name) is null ? [.. Stores, store] : [.. Stores.Select(other => other.Name == store.Name ? store : other)],
    };

    /// <summary>True when both say the same, in the same order.</summary>
    public bool Equals(PersistenceSettings? other) => other is not null && Enabled == other.Enabled && MachineIdStore == other.MachineIdStore
        && Stores.SequenceEqual(other.Stores) && Rules.SequenceEqual(other.Rules);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Enabled, MachineIdStore, Stores.Count, Rules.Count);

    /// <summary>Appends the lines, with a comment for who edits the file by hand; nothing where nothing is said.</summary>
    internal void AppendTo(StringBuilder text)
    {
        if (IsEmpty)
            return;
        foreach (string comment in SettingsComments.Persistence)
            text.Append(comment).Append('\n');
        Add("persistence", Enabled ? "on" : "off");
        foreach (Store store in Stores)
            AppendStore(store);
        foreach (KeepRule rule in Rules)
            Add("keep", rule.ToString());
        if (MachineIdStore is not null)
            Add("machineid", MachineIdStore);

        void AppendStore(Store store)
        {
            string key = "store." + store.Name;
            Add(key, store.Kind.ToString().ToLowerInvariant());
            if (store.Label is not null)
                Add(key + ".label", store.Label);
            if (store.Uuid is not null)
                Add(key + ".uuid", store.Uuid);
            if (store.Size is { } size)
                Add(key + ".size", size.ToString(CultureInfo.InvariantCulture));
            if (store.Grow)
                Add(key + ".grow", "yes");
            Add(key + ".onmissing", store.OnMissing.ToString().ToLowerInvariant());
            Add(key + ".timeout", store.TimeoutSeconds.ToString(CultureInfo.InvariantCulture));
            if (store.ReadOnly)
                Add(key + ".readonly", "yes");
            if (store.FlushInterval is { } flush)
                Add(key + ".flush", flush.ToString(CultureInfo.InvariantCulture));
        }

        void Add(string key, string value) => text.Append(CultureInfo.InvariantCulture, $"{key}={value}\n");
    }
}
