using RpiLive.Core.Fat;

namespace RpiLive.Core.Imaging.Edits;

/// <summary>Tells the names of volumes on the card from those of other disks (fstab(5), /dev/disk/by-*).</summary>
internal sealed class CardVolumes
{
    private const string PartUuid = "PARTUUID=";

    /// <summary>Label of the live image's boot volume.</summary>
    private const string BootLabel = "LABEL=bootfs";

    private static readonly (string Folder, string Tag)[] s_links =
        [("/dev/disk/by-uuid/", "UUID="), ("/dev/disk/by-label/", "LABEL="), ("/dev/disk/by-partuuid/", PartUuid)];

    private static readonly string[] s_localPrefixes = ["/dev/", "UUID=", "LABEL=", PartUuid, "PARTLABEL=", "ID="];

    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _diskIds = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Learns the names from the caller and from the lines of <c>/</c> and the boot volume.</summary>
    public CardVolumes(RootEditOptions options, IEnumerable<FstabLine?> mounts)
    {
        _names.UnionWith(options.StockVolumes);
        _names.UnionWith(mounts.Where(mount => mount is not null && (mount.MountPoint == "/" || BootMount.Is(mount))).Select(mount => Tag(mount!.Source)));
        _names.Add(NameOf(options.BootVolumeId));
        _names.Add(BootLabel);
        // The PARTUUID of a partition of an MBR disk is the disk's id, a dash and the partition's number.
        _diskIds.UnionWith(_names.Where(name => name.StartsWith(PartUuid, StringComparison.OrdinalIgnoreCase)).Select(DiskIdOf));
    }

    /// <summary>How fstab names a FAT volume by its id.</summary>
    public static string NameOf(uint volumeId) => "UUID=" + FatVolume.FormatId(volumeId);

    /// <summary>True for a source that is a local disk rather than a network path, a directory or a pseudo file system.</summary>
    public static bool IsLocal(string source) => s_localPrefixes.Any(prefix => source.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>True for a volume on the card.</summary>
    public bool Has(string source)
    {
        string name = Tag(source);
        return _names.Contains(name)
            || (name.StartsWith(PartUuid, StringComparison.OrdinalIgnoreCase) && _diskIds.Contains(DiskIdOf(name)))
            || name.StartsWith("/dev/mmcblk0", StringComparison.Ordinal) || name == "/dev/root";
    }

    private static string DiskIdOf(string partUuid)
    {
        int dash = partUuid.LastIndexOf('-');
        return dash < 0 ? partUuid : partUuid[..dash];
    }

    private static string Tag(string source)
    {
        string name = source.Replace("\"", "", StringComparison.Ordinal);
        foreach ((string folder, string tag) in s_links)
        {
            if (name.StartsWith(folder, StringComparison.Ordinal))
                return tag + name[folder.Length..];
        }
        return name;
    }
}
