namespace RpiLive.Core.Imaging.Edits;

/// <summary>Packages whose files live on the boot volume are kept at their version.</summary>
/// <remarks>
/// Upgrading one in a live system fails half-way, because its scripts (z50-raspi-firmware and the like) find the boot volume
/// read-only, and leaves dpkg broken; if it went through, its modules would lie in RAM for a kernel that never starts. A pin
/// keeps <c>apt upgrade</c> away from them (apt_preferences(5)); the hooks themselves and the installed packages stay as they are.
/// </remarks>
internal sealed class BootPackagesEdit : IRootEdit
{
    private const string InfoFolder = "/var/lib/dpkg/info";
    private const string ListExtension = ".list";
    private const string KernelPrefix = "linux-image-";

    private static readonly string[] s_packages = ["raspi-firmware", "raspi3-firmware", "raspberrypi-kernel", "raspberrypi-bootloader", "flash-kernel"];

    public string Name => "boot-packages";

    public string Reason => "Kernel and firmware come from the read-only boot volume; upgrading their packages in the live system would fail half-way.";

    public void Apply(RootEditor root)
    {
        if (!root.Exists("/etc/apt"))
            return;
        SortedSet<string> pinned = new(StringComparer.Ordinal);
        foreach (string file in root.NamesIn(InfoFolder).Where(name => name.EndsWith(ListExtension, StringComparison.Ordinal)))
        {
            string package = file[..^ListExtension.Length].Split(':')[0];
            if (package.StartsWith(KernelPrefix, StringComparison.Ordinal))
                pinned.Add(KernelPrefix + "*");
            else if (s_packages.Contains(package))
                pinned.Add(package);
        }
        if (pinned.Count == 0)
            return;
        root.PutText("/etc/apt/preferences.d/90-rpilive", $"""
            Explanation: Kernel and firmware are started from the boot volume, which is read-only in a live image.
            Explanation: To upgrade them, upgrade the stock image and make the live image again.
            Package: {string.Join(' ', pinned)}
            Pin: release *
            Pin-Priority: -1

            """);
    }
}
