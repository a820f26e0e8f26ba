using RpiLive.Core.Errors;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Facts;

/// <summary>What the root of an image says of the operating system in it.</summary>
public sealed record OperatingSystemFacts
{
    private static readonly string[] s_initPaths =
        ["/sbin/init", "/usr/sbin/init", "/lib/systemd/systemd", "/usr/lib/systemd/systemd"];

    private static readonly string[] s_unitFolders =
        ["/etc/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];

    /// <summary>ID of os-release(5), such as <c>debian</c> or <c>raspbian</c>; <c>linux</c> where it is not set.</summary>
    public required string Id { get; init; }

    /// <summary>PRETTY_NAME of os-release(5); <c>Linux</c> where it is not set.</summary>
    public required string PrettyName { get; init; }

    /// <summary>VERSION_ID of os-release(5), such as <c>12</c>; null where it is not set, as in testing.</summary>
    public required string? VersionId { get; init; }

    /// <summary>VERSION_CODENAME of os-release(5), such as <c>bookworm</c>; null where it is not set.</summary>
    public required string? VersionCodename { get; init; }

    /// <summary>True for Raspberry Pi OS: it alone has /etc/rpi-issue and the package raspberrypi-sys-mods.</summary>
    public required bool IsRaspberryPiOs { get; init; }

    /// <summary>The Debian release.</summary>
    public required OperatingSystemFamily Family { get; init; }

    /// <summary>Debian architecture of the user land, such as <c>arm64</c> or <c>armhf</c>; the kernel may have another.</summary>
    public required string Architecture { get; init; }

    /// <summary>Where the program really lies that becomes process 1, symbolic links resolved.</summary>
    public required string InitPath { get; init; }

    /// <summary>True when process 1 is systemd.</summary>
    public required bool IsSystemd { get; init; }

    /// <summary>The names of all installed systemd units, masked and aliased ones included.</summary>
    public required IReadOnlySet<string> UnitFiles { get; init; }

    /// <summary>The distribution in few words, such as <c>Raspberry Pi OS 12 (bookworm)</c>.</summary>
    public string DistributionName
    {
        get
        {
            string? name = IsRaspberryPiOs ? "Raspberry Pi OS" : Id is "debian" or "raspbian" ? "Debian" : null;
            return (name, VersionId, VersionCodename) switch
            {
                (null, _, _) => PrettyName,
                (_, not null, not null) => $"{name} {VersionId} ({VersionCodename})",
                (_, null, not null) => $"{name} ({VersionCodename})",
                (_, not null, null) => $"{name} {VersionId}",
                _ => name,
            };
        }
    }

    /// <summary>Reads the facts.</summary>
    /// <exception cref="ImageException"><see cref="ErrorIds.OperatingSystemMissing"/>: nothing in the root can become process 1.</exception>
    public static OperatingSystemFacts Read(DirectoryNode root)
    {
        string initPath = s_initPaths.Select(path => TreePath.Resolve(root, path)).FirstOrDefault(path => path is not null && TreePath.FindFile(root, path) is not null)
            ?? throw Missing("neither /sbin/init nor systemd is in the root");
        string architecture = UserLandArchitecture.Find(root, TreePath.FindFile(root, initPath)!)
            ?? throw Missing($"dpkg names no architecture, and {initPath} is no program for a known one");
        IReadOnlyDictionary<string, string> release = OsRelease.Read(root);
        string? codename = NotEmpty(release.GetValueOrDefault("VERSION_CODENAME"));
        return new OperatingSystemFacts
        {
            Id = NotEmpty(release.GetValueOrDefault("ID")) ?? "linux",
            PrettyName = NotEmpty(release.GetValueOrDefault("PRETTY_NAME")) ?? "Linux",
            VersionId = NotEmpty(release.GetValueOrDefault("VERSION_ID")),
            VersionCodename = codename,
            IsRaspberryPiOs = TreePath.Find(root, "/etc/rpi-issue") is not null
                || TreePath.Find(root, "/usr/lib/raspberrypi-sys-mods") is not null
                || TreePath.Find(root, "/var/lib/dpkg/info/raspberrypi-sys-mods.list") is not null,
            Family = codename switch
            {
                "bullseye" => OperatingSystemFamily.Bullseye,
                "bookworm" => OperatingSystemFamily.Bookworm,
                "trixie" => OperatingSystemFamily.Trixie,
                _ => OperatingSystemFamily.Other,
            },
            Architecture = architecture,
            InitPath = initPath,
            IsSystemd = initPath.EndsWith("/systemd/systemd", StringComparison.Ordinal),
            UnitFiles = ReadUnitFiles(root),
        };
    }

    private static HashSet<string> ReadUnitFiles(DirectoryNode root)
    {
        HashSet<string> units = new(StringComparer.Ordinal);
        foreach (string folder in s_unitFolders)
        {
            foreach ((FileName name, TreeNode node) in TreePath.FindDirectory(root, folder)?.Children ?? [])
            {
                if (node is FileNode or SymlinkNode)
                    units.Add(name.ToString());
            }
        }
        return units;
    }

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static ImageException Missing(string what) => new(
        ErrorIds.OperatingSystemMissing, ImageErrorKind.Missing, $"The root partition holds no operating system that can be started: {what}.",
        "Use an image of Raspberry Pi OS or Debian for Raspberry Pi as published, not one of a data disk or an installer.");
}
