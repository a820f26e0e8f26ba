using System.Globalization;
using RpiLive.Core.Errors;

namespace RpiLive.Core.Imaging.Persistence;

/// <summary>Finds the store that a request means, or makes one, and changes what the request says about it.</summary>
internal static class StoreChooser
{
    private const int MiB = 1 << 20;

    /// <summary>The most MiB of a file on a FAT volume.</summary>
    private const int MaxFileMebibytes = 4095;

    /// <summary>The least and most bytes of a store on the card: what ext4 needs, and what a FAT file can hold.</summary>
    public static (long Min, long Max) LengthRange(StoreKind kind) =>
        ((long)Store.MinMebibytes * MiB, (long)(kind == StoreKind.Folder ? MaxFileMebibytes : Store.MaxMebibytes) * MiB);

    /// <summary>Bytes in whole MiB.</summary>
    public static long Round(long length) => length / MiB * MiB;

    /// <summary>The store as it is to be.</summary>
    /// <exception cref="ImageException">
    /// <see cref="ErrorIds.StoreMissing"/>, <see cref="ErrorIds.StoreAmbiguous"/>, <see cref="ErrorIds.StoreInvalid"/>,
    /// <see cref="ErrorIds.StoreSizeInvalid"/>, <see cref="ErrorIds.TooManyStores"/>.
    /// </exception>
    public static Store Choose(PersistenceSettings settings, StoreRequest request, string image)
    {
        if (request.Label is not null && request.Uuid is not null)
            throw Invalid(image, "a volume is found by its label or by its UUID, not by both", "Give -Label or -Uuid.");
        StoreKind? kind = request.Kind ?? (request.Label is not null || request.Uuid is not null ? StoreKind.Usb : null);
        Store[] fitting = [.. settings.Stores.Where(store => Fits(store, request, kind))];
        if (fitting.Length > 1)
        {
            throw KeepErrors.Request(ErrorIds.StoreAmbiguous, image, $"several stores fit: {string.Join(", ", fitting.Select(Describe))}",
                "Say which one with -StoreName.");
        }
        Store store = fitting.Length == 1 ? fitting[0] : New(settings, request, kind, image);
        if (kind is not null && store.Kind != kind)
            throw Invalid(image, $"the store {store.Name} is of the kind {store.Kind}, not {kind}", "Choose another -StoreName, or leave -Target out.");
        return Change(store, request, image);
    }

    private static bool Fits(Store store, StoreRequest request, StoreKind? kind) => request.Name is not null
        ? store.Name == request.Name
        : (kind is null || store.Kind == kind) && (request.Label is null || store.Label == request.Label)
            && (request.Uuid is null || string.Equals(store.Uuid, request.Uuid, StringComparison.OrdinalIgnoreCase));

    private static string Describe(Store store) => store.Kind == StoreKind.Usb ? $"{store.Name} (volume {store.Label ?? store.Uuid})" : $"{store.Name} ({store.Kind})";

    private static Store New(PersistenceSettings settings, StoreRequest request, StoreKind? asked, string image)
    {
        if (asked is not { } kind)
        {
            throw KeepErrors.Request(ErrorIds.StoreMissing, image, request.Name is null ? "it has no store to keep data on" : $"it has no store {request.Name}",
                "Say with -Target where data are kept: Usb with -Label or -Uuid, Partition or Folder with -Size.");
        }
        if (settings.Stores.Count == Store.MaxCount)
            throw KeepErrors.Request(ErrorIds.TooManyStores, image, $"it has {Store.MaxCount} stores already, which is the most", "Use one of them, or remove what it keeps.");
        if (kind != StoreKind.Usb && settings.Stores.FirstOrDefault(store => store.Kind == kind) is { } other)
            throw Invalid(image, $"it has a store of the kind {kind} already, {other.Name}, and can have one", $"Leave -StoreName out, or give {other.Name}.");
        if (kind == StoreKind.Usb && request.Label is null && request.Uuid is null)
            throw Invalid(image, "a volume on USB is found by its label or its UUID", "Give -Label or -Uuid.");
        if (request.Name is not null && !Store.IsName(request.Name))
            throw Invalid(image, $"a store cannot be called '{request.Name}'", "Give a name of 1 to 15 letters a to z and digits that starts with a letter.");
        return new Store { Name = request.Name ?? FreeName(settings, kind), Kind = kind };
    }

    private static string FreeName(PersistenceSettings settings, StoreKind kind)
    {
        string name = kind.ToString().ToLowerInvariant();
        for (int number = 2; settings.Find(name) is not null; number++)
            name = string.Create(CultureInfo.InvariantCulture, $"{kind.ToString().ToLowerInvariant()}{number}");
        return name;
    }

    private static Store Change(Store store, StoreRequest request, string image)
    {
        bool usb = store.Kind == StoreKind.Usb;
        if (!usb && (request.Label is not null || request.Uuid is not null))
            throw Invalid(image, $"the store {store.Name} lies on the card and is not looked for by label or UUID", "Leave -Label and -Uuid out, or use -Target Usb.");
        if (request.Label is { } label && !Store.IsLabel(label))
            throw Invalid(image, $"no volume can have the label '{label}'", "Give the label as blkid prints it: at most 16 bytes, no control characters, no blanks at its ends.");
        if (request.Uuid is { } uuid && !Store.IsUuid(uuid))
            throw Invalid(image, $"no volume can have the UUID '{uuid}'", "Give the UUID as blkid prints it, such as 0fc63daf-8483-4772-8e79-3d69d8477de4, or 1A2B-3C4D for FAT and exFAT.");
        if (request.Grow == true && store.Kind != StoreKind.Partition)
            throw Invalid(image, $"the store {store.Name} cannot grow: it is no partition of the card", "Leave -Grow out, or use -Target Partition.");
        (long min, long max) = LengthRange(store.Kind);
        if (request.Length is { } length && (length < min || length > max))
        {
            throw KeepErrors.Request(ErrorIds.StoreSizeInvalid, image, $"a store of the kind {store.Kind} cannot have {length:N0} bytes",
                $"Give a -Size from {min / MiB}MB to {max / MiB}MB.");
        }
        bool renamed = request.Label is not null || request.Uuid is not null;
        return store with
        {
            Label = renamed ? request.Label : store.Label,
            Uuid = renamed ? request.Uuid : store.Uuid,
            Size = usb && request.Length is { } size ? (int)(size / MiB) : store.Size,
            Grow = store.Kind == StoreKind.Partition && (request.Grow ?? store.Grow),
            OnMissing = request.OnMissing ?? store.OnMissing,
            TimeoutSeconds = request.TimeoutSeconds ?? store.TimeoutSeconds,
            ReadOnly = request.ReadOnly ?? store.ReadOnly,
            FlushInterval = request.FlushInterval is { } seconds ? (seconds == 0 ? null : seconds) : store.FlushInterval,
        };
    }

    private static ImageException Invalid(string image, string what, string action) => KeepErrors.Request(ErrorIds.StoreInvalid, image, what, action);
}
