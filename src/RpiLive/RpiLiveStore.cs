using RpiLive.Core.Imaging.Persistence;

namespace RpiLive;

/// <summary>A place that keeps data of a live image. Its text is its name.</summary>
public sealed class RpiLiveStore
{
    internal RpiLiveStore(Store store, long? length)
    {
        Name = store.Name;
        Target = store.Kind;
        Label = store.Label;
        Uuid = store.Uuid;
        Size = store.Kind == StoreKind.Usb ? (long?)store.Size << 20 : length;
        Grow = store.Grow;
        OnMissing = store.OnMissing;
        TimeoutSeconds = store.TimeoutSeconds;
        ReadOnly = store.ReadOnly;
        FlushInterval = store.FlushInterval;
    }

    /// <summary>Name of the store.</summary>
    public string Name { get; }

    /// <summary>Where it lies.</summary>
    public StoreKind Target { get; }

    /// <summary>Label of the USB volume.</summary>
    public string? Label { get; }

    /// <summary>UUID of the USB volume.</summary>
    public string? Uuid { get; }

    /// <summary>
    /// Bytes: of a partition or container file on the card as the image has it, null where it has none; of the container file that is
    /// made on a FAT or exFAT volume on USB, null for 1 GiB.
    /// </summary>
    public long? Size { get; }

    /// <summary>Whether the partition fills the card at the first start.</summary>
    public bool Grow { get; }

    /// <summary>What the start does when it is not there.</summary>
    public OnMissing OnMissing { get; }

    /// <summary>Seconds to wait for it.</summary>
    public int TimeoutSeconds { get; }

    /// <summary>Whether it is only read.</summary>
    public bool ReadOnly { get; }

    /// <summary>Seconds between writes; null for the file system's own.</summary>
    public int? FlushInterval { get; }

    /// <summary>The name of the store.</summary>
    public override string ToString() => Name;
}
