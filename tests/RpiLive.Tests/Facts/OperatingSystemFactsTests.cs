using System.Text;
using RpiLive.Core.Errors;
using RpiLive.Core.Imaging.Facts;
using RpiLive.Core.Tree;
using RpiLive.Tests.RootEdits;

namespace RpiLive.Tests.Facts;

public sealed class OperatingSystemFactsTests
{
    public static TheoryData<string, string, OperatingSystemFamily, bool> StockImages => new()
    {
        { "Bullseye", "Raspberry Pi OS 11 (bullseye)", OperatingSystemFamily.Bullseye, true },
        { "Bookworm", "Raspberry Pi OS 12 (bookworm)", OperatingSystemFamily.Bookworm, true },
        { "Trixie", "Raspberry Pi OS 13 (trixie)", OperatingSystemFamily.Trixie, true },
        { "Debian", "Debian 12 (bookworm)", OperatingSystemFamily.Bookworm, false },
    };

    [Theory]
    [MemberData(nameof(StockImages))]
    public void Stock_images_are_known(string name, string distribution, OperatingSystemFamily family, bool isRaspberryPiOs)
    {
        TestTree tree = name switch
        {
            "Bullseye" => StockRoots.Bullseye(),
            "Bookworm" => StockRoots.Bookworm(),
            "Trixie" => StockRoots.Trixie(),
            _ => StockRoots.Debian(),
        };
        OperatingSystemFacts facts = OperatingSystemFacts.Read(tree.Root);
        Assert.Equal((distribution, family, isRaspberryPiOs), (facts.DistributionName, facts.Family, facts.IsRaspberryPiOs));
        Assert.Equal(("arm64", true), (facts.Architecture, facts.IsSystemd));
        Assert.Contains("systemd-journald.service", facts.UnitFiles);
        Assert.Equal(name == "Bullseye" ? "/lib/systemd/systemd" : "/usr/lib/systemd/systemd", facts.InitPath);
    }

    [Theory]
    [InlineData("ID=debian\nVERSION_CODENAME=forky\n", "Debian (forky)")]
    [InlineData("ID=debian\n", "Debian")]
    [InlineData("ID=raspbian\nVERSION_ID=\"10\"\nVERSION_CODENAME=buster\n", "Debian 10 (buster)")]
    [InlineData("ID=ubuntu\nPRETTY_NAME=\"Ubuntu 24.04 LTS\"\nVERSION_ID=\"24.04\"\n", "Ubuntu 24.04 LTS")]
    [InlineData("", "Linux")]
    public void Other_releases_are_named_by_what_they_say(string release, string name)
    {
        OperatingSystemFacts facts = OperatingSystemFacts.Read(Minimal().File("/etc/os-release", release).Root);
        Assert.Equal((name, OperatingSystemFamily.Other), (facts.DistributionName, facts.Family));
    }

    [Fact]
    public void Quotes_and_escapes_of_os_release_are_the_shells()
    {
        IReadOnlyDictionary<string, string> variables = OsRelease.Parse("#A=1\nA=\"x \\\"y\\\" \\$z \\n\"\n B='it\\s'\r\nC=plain\nbroken\n=x\nD=\"\nE=\n");
        Assert.Equal("x \"y\" $z \\n", variables["A"]);
        Assert.Equal("it\\s", variables["B"]);
        Assert.Equal("plain", variables["C"]);
        Assert.Equal("\"", variables["D"]);
        Assert.Equal("", variables["E"]);
        Assert.Equal(5, variables.Count);
    }

    [Fact]
    public void The_file_of_architectures_goes_before_all_others()
    {
        TestTree tree = StockRoots.Bookworm().File("/var/lib/dpkg/arch", "armhf\narm64\n");
        Assert.Equal("armhf", OperatingSystemFacts.Read(tree.Root).Architecture);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData((256 << 10) - 10)]
    [InlineData((256 << 10) - 1)]
    [InlineData(256 << 10)]
    [InlineData((256 << 10) + 1)]
    [InlineData(9_000_001)]
    public void The_status_file_is_searched_to_its_end_without_being_held(int before)
    {
        string filler = before == 0 ? "" : new string('x', before - 2) + "\n\n";
        TestTree tree = Minimal().File("/var/lib/dpkg/status", filler + "Package: dpkg\nEssential: yes\nArchitecture: riscv64\n\nPackage: x\nArchitecture: all\n");
        Assert.Equal("riscv64", OperatingSystemFacts.Read(tree.Root).Architecture);
    }

    [Theory]
    [InlineData("Package: dpkg\nEssential: yes\n\nPackage: x\nArchitecture: armhf\n")]
    [InlineData("Package: dpkg-dev\nArchitecture: armhf\n")]
    [InlineData("Package: dpkg\nArchitecture: \x01\x02\n")]
    [InlineData("")]
    public void Where_dpkg_is_silent_the_header_of_init_tells(string status) =>
        Assert.Equal("arm64", OperatingSystemFacts.Read(Minimal().File("/var/lib/dpkg/status", status).Root).Architecture);

    [Theory]
    [InlineData(1, 40, 0x05000400, "armhf")]
    [InlineData(1, 40, 0x05000200, "armel")]
    [InlineData(2, 183, 0, "arm64")]
    [InlineData(2, 62, 0, "amd64")]
    [InlineData(1, 3, 0, "i386")]
    [InlineData(2, 243, 0, "riscv64")]
    public void Machines_have_Debians_names(byte bits, byte machine, int flags, string architecture)
    {
        byte[] header = new byte[64];
        "\x7F"u8.CopyTo(header);
        "ELF"u8.CopyTo(header.AsSpan(1));
        header[4] = bits;
        header[5] = 1;
        header[18] = machine;
        BitConverter.TryWriteBytes(header.AsSpan(36), flags);
        TestTree tree = new TestTree().Program("/sbin/init", Encoding.Latin1.GetString(header));
        OperatingSystemFacts facts = OperatingSystemFacts.Read(tree.Root);
        Assert.Equal((architecture, "/sbin/init", false), (facts.Architecture, facts.InitPath, facts.IsSystemd));
    }

    [Fact]
    public void A_root_without_init_holds_no_operating_system()
    {
        TestTree tree = new TestTree().Link("/sbin/init", "/lib/systemd/systemd").Folder("/home").Folder("/lib/systemd/systemd");
        Assert.Equal(ErrorIds.OperatingSystemMissing, Assert.Throws<ImageException>(() => OperatingSystemFacts.Read(tree.Root)).ErrorId);
    }

    [Fact]
    public void An_init_that_is_no_program_is_none()
    {
        TestTree tree = new TestTree().Program("/sbin/init", "#!/bin/sh\n");
        Assert.Equal(ErrorIds.OperatingSystemMissing, Assert.Throws<ImageException>(() => OperatingSystemFacts.Read(tree.Root)).ErrorId);
    }

    private static TestTree Minimal() => new TestTree().Program("/usr/lib/systemd/systemd", StockRoots.Arm64Program);
}
