using RpiLive.Core.Debian.Packages;
using RpiLive.Tests.Debian.Support;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Debian.Packages;

/// <summary>apt as the judge, on the indexes of a mirror: RPILIVE_DEBIAN_MIRROR names it, by its address up to <c>/debian</c>.</summary>
public sealed class AptComparisonTests
{
    private static readonly string[] s_same =
    [
        "systemd systemd-sysv udev dbus libpam-systemd linux-image-arm64 busybox kmod openssh-server iproute2 apt",
        "btrfs-progs gddrescue smartmontools cryptsetup parted gdisk rsync nano network-manager",
        "python3",
        "raspi-firmware firmware-brcm80211 cloud-init netplan.io",
        "postfix mutt",
    ];

    [Theory]
    [InlineData("bookworm")]
    [InlineData("trixie")]
    public void Apt_chooses_the_same_packages(string suite)
    {
        string? mirror = Environment.GetEnvironmentVariable("RPILIVE_DEBIAN_MIRROR");
        Assert.SkipWhen(string.IsNullOrEmpty(mirror), "RPILIVE_DEBIAN_MIRROR names no mirror.");
        Tools.Require("apt-get", "sh");
        using TemporaryFolder folder = new();
        Prepare(folder, $"deb [trusted=yes] {mirror} {suite} main non-free-firmware");
        PackageIndex index = new();
        foreach (string list in Directory.GetFiles(folder["lists"], "*_Packages"))
        {
            using FileStream stream = File.OpenRead(list);
            Assert.NotEqual(0, index.Add(stream, Path.GetFileName(list), list));
        }
        string[] essential = [.. index.Newest.Where(package => package.IsEssential).Select(package => package.Name)];
        foreach (string wanted in s_same)
        {
            IReadOnlyList<Package> ours = new PackageResolver(index).Resolve(new() { Wanted = wanted.Split(' ') });
            Assert.Empty(PackageSet.Problems(ours));
            Assert.Equal(Simulate(folder, [.. essential, .. wanted.Split(' ')]), ours.Select(package => package.ToString()).Order(StringComparer.Ordinal));
        }
        // apt takes first alternatives here that something else makes needless later on.
        IReadOnlyList<Package> desktop = new PackageResolver(index).Resolve(new() { Wanted = ["gnome-core"] });
        Assert.Empty(PackageSet.Problems(desktop));
        string[] apt = Simulate(folder, [.. essential, "gnome-core"]);
        Assert.Empty(desktop.Select(package => package.ToString()).Except(apt));
        Assert.InRange(desktop.Count, apt.Length - 10, apt.Length);
    }

    private static void Prepare(TemporaryFolder folder, string source)
    {
        foreach (string directory in (string[])["lists/partial", "cache/archives/partial", "parts", "log"])
            Directory.CreateDirectory(folder[directory]);
        File.WriteAllText(folder["status"], "");
        File.WriteAllText(folder["sources"], source + "\n");
        File.WriteAllText(folder["apt.conf"], $$"""
            Dir::State "{{folder.Path}}"; Dir::State::lists "{{folder["lists"]}}"; Dir::State::status "{{folder["status"]}}";
            Dir::Cache "{{folder["cache"]}}"; Dir::Log "{{folder["log"]}}"; Dir::Etc "{{folder["parts"]}}";
            Dir::Etc::parts "{{folder["parts"]}}"; Dir::Etc::sourceparts "{{folder["parts"]}}"; Dir::Etc::sourcelist "{{folder["sources"]}}";
            APT::Architecture "arm64"; APT::Architectures { "arm64"; }; APT::Install-Recommends "false";
            Acquire::Languages "none"; Acquire::GzipIndexes "false"; Debug::NoLocking "true";
            """);
        Tools.Shell($"APT_CONFIG='{folder["apt.conf"]}' apt-get -q update");
    }

    private static string[] Simulate(TemporaryFolder folder, string[] wanted) =>
        [.. Tools.Shell($"APT_CONFIG='{folder["apt.conf"]}' apt-get -q -s install {string.Join(' ', wanted)}")
            .Split('\n').Where(line => line.StartsWith("Inst ", StringComparison.Ordinal))
            .Select(line => line.Split(' ')).Select(words => $"{words[1]} {words[2].TrimStart('(')}").Order(StringComparer.Ordinal)];
}
