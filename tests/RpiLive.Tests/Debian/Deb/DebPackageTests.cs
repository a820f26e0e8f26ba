using System.Formats.Tar;
using System.Text;
using RpiLive.Core.Debian.Deb;
using RpiLive.Core.Errors;
using RpiLive.Core.Tree;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Debian.Support;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Debian.Deb;

public sealed class DebPackageTests
{
    [Theory]
    [InlineData(".tar")]
    [InlineData(".tar.gz")]
    public void Gives_control_files_and_files(string packing)
    {
        DebSample sample = new("tool") { Packing = packing, Control = new() { ["postinst"] = "#!/bin/sh\n" } };
        sample.Tree.With("usr/bin/tool", "program").WithLink("usr/bin/alias", "tool").With("etc/tool.conf", "x=1\n");
        FileNode shared = new(new MemoryContent("shared"u8.ToArray())) { Permissions = 0x1A4, UserId = 5, GroupId = 42 };
        TreePath.FindDirectory(sample.Tree, "/usr/bin")!.Children.Add("one", shared);
        TreePath.FindDirectory(sample.Tree, "/usr/bin")!.Children.Add("two", shared);
        using Unpacked unpacked = new(sample.Build());
        DebPackage package = unpacked.Packages[0];
        Assert.Equal(sample.ControlText, package.ControlText("control"));
        Assert.Equal("#!/bin/sh\n", package.ControlText("postinst"));
        Assert.Equal("", package.ControlText("prerm"));
        Assert.Equal(
            ["/.", "/etc", "/etc/tool.conf", "/usr", "/usr/bin", "/usr/bin/alias", "/usr/bin/one", "/usr/bin/tool", "/usr/bin/two"],
            package.Entries.Select(entry => entry.Path));
        DebEntry one = package.Entries.Single(entry => entry.Path == "/usr/bin/one"), two = package.Entries.Single(entry => entry.Path == "/usr/bin/two");
        Assert.Equal((DebEntryType.File, 0x1A4, 5u, 42u, 1_750_000_000L), (one.Type, one.Permissions, one.UserId, one.GroupId, one.ModifiedTime.Seconds));
        Assert.Equal("shared", Encoding.UTF8.GetString(one.Content!.ReadAll()));
        Assert.Equal((DebEntryType.HardLink, "/usr/bin/one"), (two.Type, two.Target));
        Assert.Equal((DebEntryType.SymbolicLink, "tool"), (package.Entries[5].Type, package.Entries[5].Target));
    }

    [Theory]
    [InlineData("xz")]
    [InlineData("gzip")]
    [InlineData("zstd")]
    [InlineData("none")]
    public void Reads_what_dpkg_deb_packs(string compression)
    {
        Tools.Require("dpkg-deb");
        using TemporaryFolder folder = new();
        Tools.Shell($"""
            mkdir -p '{folder.Path}/p/DEBIAN' '{folder.Path}/p/usr/lib/x'
            printf 'Package: real\nVersion: 1\nArchitecture: arm64\nMaintainer: N <n@e>\nDescription: d\n' >'{folder.Path}/p/DEBIAN/control'
            seq 1 200000 >'{folder.Path}/p/usr/lib/x/numbers'
            ln '{folder.Path}/p/usr/lib/x/numbers' '{folder.Path}/p/usr/lib/x/again'
            ln -s numbers '{folder.Path}/p/usr/lib/x/link'
            long=$(printf 'n%.0s' $(seq 1 200)); mkdir -p "{folder.Path}/p/$long"; echo deep >"{folder.Path}/p/$long/$long"
            chmod 2755 '{folder.Path}/p/usr/lib/x'
            dpkg-deb -Z{compression} --root-owner-group -b '{folder.Path}/p' '{folder.Path}/real.deb' >/dev/null
            """);
        using Unpacked unpacked = new(File.ReadAllBytes(folder["real.deb"]));
        DebPackage package = unpacked.Packages[0];
        string[] listed = Tools.Shell($"dpkg-deb --fsys-tarfile '{folder.Path}/real.deb' | tar -t").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(listed.Select(path => path == "./" ? "/." : path[1..].TrimEnd('/')), package.Entries.Select(entry => entry.Path));
        Assert.Equal(0x5ED, package.Entries.Single(entry => entry.Path == "/usr/lib/x").Permissions);
        Assert.Equal(
            File.ReadAllBytes(folder["p/usr/lib/x/numbers"]),
            package.Entries.Single(entry => entry.Type == DebEntryType.File && entry.Path.StartsWith("/usr/lib/x/", StringComparison.Ordinal)).Content!.ReadAll());
    }

    [Fact]
    public void Does_not_unpack_what_is_not_wanted()
    {
        DebSample sample = new("tool");
        sample.Tree.With("usr/share/doc/tool/README", "long").With("usr/bin/tool", "x");
        using Unpacked unpacked = new(path => !path.StartsWith("/usr/share/doc/", StringComparison.Ordinal), sample.Build());
        Assert.Null(unpacked.Packages[0].Entries.Single(entry => entry.Path.EndsWith("README", StringComparison.Ordinal)).Content);
        Assert.NotNull(unpacked.Packages[0].Entries.Single(entry => entry.Path.EndsWith("bin/tool", StringComparison.Ordinal)).Content);
    }

    public static TheoryData<string, string> Bad { get; } = new()
    {
        { "no ar archive", "does not begin" },
        { "no version", "no package of format 2" },
        { "no data", "no data.tar" },
        { "cut", "past the end" },
        { "no control file", "no control file" },
        { "upward path", "a path that no package has" },
        { "device", "which no package has" },
        { "bzip2", "compressed in a way" },
        { "damaged gzip", "damaged" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_bad_package_is_an_error_with_its_name(string kind, string says)
    {
        byte[] good = new DebSample("tool").Build();
        byte[] version = "2.0\n"u8.ToArray(), empty = DebSample.Tar(_ => { });
        byte[] control = DebSample.Tar(writer => writer.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, "./control") { DataStream = new MemoryStream("Package: x\n"u8.ToArray()) }));
        byte[] package = kind switch
        {
            "no ar archive" => [.. "PK"u8, .. good],
            "no version" => DebSample.Ar([("control.tar", control), ("data.tar", empty)]),
            "no data" => DebSample.Ar([("debian-binary", version), ("control.tar", control)]),
            "cut" => good[..^40],
            "no control file" => DebSample.Ar([("debian-binary", version), ("control.tar", DebSample.Tar(writer => writer.WriteEntry(new GnuTarEntry(TarEntryType.Directory, "./")))), ("data.tar", empty)]),
            "upward path" => WithEntry(new GnuTarEntry(TarEntryType.RegularFile, "./../etc/passwd")),
            "device" => WithEntry(new GnuTarEntry(TarEntryType.CharacterDevice, "./dev/null")),
            "bzip2" => DebSample.Ar([("debian-binary", version), ("control.tar", control), ("data.tar.bz2", empty)]),
            _ => DebSample.Ar([("debian-binary", version), ("control.tar", control), ("data.tar.gz", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xFF, 0xFF, 0xFF])]),
        };
        ImageException error = Assert.Throws<ImageException>(() => new Unpacked(package));
        Assert.Equal("CorruptDeb", error.ErrorId);
        Assert.StartsWith("/cache/0.deb: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);

        byte[] WithEntry(TarEntry entry) => DebSample.Ar([("debian-binary", version), ("control.tar", control), ("data.tar", DebSample.Tar(writer => writer.WriteEntry(entry)))]);
    }

    [Theory]
    [InlineData(".tar")]
    [InlineData(".tar.gz")]
    public void Damage_is_an_error_or_does_no_harm(string packing)
    {
        DebSample sample = new("tool") { Packing = packing, Control = new() { ["postinst"] = "#!/bin/sh\nexit 0\n" } };
        sample.Tree.With("usr/bin/tool", new string('x', 3000)).WithLink("usr/bin/alias", "tool");
        byte[] good = sample.Build();
        for (int seed = 0; seed < 600; seed++)
        {
            try
            {
                using Unpacked unpacked = new(Mutations.Damage(good, seed));
                foreach (DebEntry entry in unpacked.Packages[0].Entries)
                    entry.Content?.ReadAll();
            }
            catch (ImageException e)
            {
                Assert.Equal("CorruptDeb", e.ErrorId);
            }
        }
    }
}
