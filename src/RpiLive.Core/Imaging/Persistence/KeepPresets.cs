using RpiLive.Core.Errors;
using RpiLive.Core.SquashFs;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Persistence;

/// <summary>What the presets stand for in an image.</summary>
public static class KeepPresets
{
    /// <summary>The directories of a preset that the image has, with their modes.</summary>
    /// <param name="preset">The preset.</param>
    /// <param name="root">The live root.</param>
    /// <param name="image">What errors call the image.</param>
    /// <exception cref="ImageException"><see cref="ErrorIds.PresetEmpty"/>, or the root is damaged.</exception>
    public static IReadOnlyList<(string Directory, KeepMode Mode)> Find(KeepPreset preset, SquashFsVolume root, string image)
    {
        (KeepMode mode, (string Directory, string? Program)[] candidates) = Candidates(preset);
        (string, KeepMode)[] found = [.. candidates.Where(candidate => IsThere(root, candidate.Directory, candidate.Program)).Select(candidate => (candidate.Directory, mode))];
        if (found.Length == 0 && !KeepsMachineId(preset))
        {
            throw KeepErrors.Request(ErrorIds.PresetEmpty, image,
                $"the preset {preset} finds nothing to keep: the image has none of {string.Join(", ", candidates.Select(candidate => candidate.Directory))}",
                "Name the directories with -Directory, or install what makes them in the stock image first.");
        }
        return found;
    }

    /// <summary>The directories that a preset can stand for, whatever the image.</summary>
    public static IEnumerable<string> Directories(KeepPreset preset) => Candidates(preset).Directories.Select(candidate => candidate.Directory);

    /// <summary>True for the preset that keeps the machine id too.</summary>
    public static bool KeepsMachineId(KeepPreset preset) => preset == KeepPreset.Identity;

    /// <summary>A directory is there, or will be once the program that makes it has run.</summary>
    private static bool IsThere(SquashFsVolume root, string directory, string? program) => root.Find(directory) is DirectoryNode
        || (program is not null && root.Find(directory, followLast: false) is null && root.Find(program) is FileNode
            && root.Find(directory[..directory.LastIndexOf('/')]) is DirectoryNode);

    private static (KeepMode Mode, (string Directory, string? Program)[] Directories) Candidates(KeepPreset preset) => preset switch
    {
        KeepPreset.Logs => (KeepMode.Bind, [("/var/log", null)]),
        KeepPreset.Home => (KeepMode.Overlay, [("/home", null), ("/root", null)]),
        KeepPreset.Containers => (KeepMode.Bind,
        [
            ("/var/lib/docker", "/usr/bin/dockerd"),
            ("/var/lib/containerd", "/usr/bin/containerd"),
            ("/var/lib/containers", "/usr/bin/podman"),
        ]),
        KeepPreset.Identity => (KeepMode.Overlay, [("/etc/ssh", null), ("/var/lib/systemd", null)]),
        _ => (KeepMode.Overlay,
        [
            ("/etc/NetworkManager/system-connections", null),
            ("/etc/netplan", null),
            ("/etc/wpa_supplicant", null),
            ("/var/lib/NetworkManager", null),
            ("/var/lib/dhcpcd", null),
            ("/var/lib/iwd", null),
            ("/var/lib/connman", null),
        ]),
    };
}
