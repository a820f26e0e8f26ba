using System.Text;
using RpiLive.Core.Debian.Packages;
using RpiLive.Core.Errors;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Debian.Support;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Debian.Packages;

public sealed class PackageIndexTests
{
    [Fact]
    public void A_package_has_what_its_paragraph_says()
    {
        PackageIndex index = new SamplePackages().Add("bash", "Version: 5.2-2", "Essential: yes", "priority: Required", "Multi-Arch: foreign", "Section: shells",
            "Pre-Depends: libc6 (>= 2.36)", "Depends: a | b,\n c", "Conflicts: d", "Breaks: e (<< 1)", "Provides: sh, f (= 2)", "Installed-Size: 7164",
            "Size: 4294967296", $"SHA256: {new string('A', 64)}", "Filename: pool/main/b/bash/bash_5.2-2_arm64.deb", "Recommends: x", "Tag: y").ToIndex();
        Assert.True(index.TryFind("bash", out Package? package));
        Assert.Equal("bash 5.2-2", package.ToString());
        Assert.Equal((true, PackagePriority.Required, MultiArch.Foreign, "shells", "arm64"),
            (package.IsEssential, package.Priority, package.MultiArch, package.Section, package.Architecture));
        Assert.Equal((4294967296L, 7164L), (package.Size, package.InstalledSize));
        Assert.Equal(new string('a', 64), package.Sha256);
        Assert.Equal("pool/main/b/bash/bash_5.2-2_arm64.deb", package.FileName);
        Assert.Equal("sample", package.Repository);
        Assert.Equal("libc6 (>= 2.36)", string.Join(", ", package.Relations(RelationField.PreDepends)));
        Assert.Equal("a | b, c", string.Join(", ", package.Relations(RelationField.Depends)));
        Assert.Equal("d", string.Join(", ", package.Relations(RelationField.Conflicts)));
        Assert.Equal("e (<< 1)", string.Join(", ", package.Relations(RelationField.Breaks)));
        Assert.Equal("sh, f (= 2)", string.Join(", ", package.Relations(RelationField.Provides)));
    }

    [Fact]
    public void What_a_paragraph_leaves_out_has_a_default()
    {
        PackageIndex index = new SamplePackages().Add("a", "Priority:", "Section:", "Architecture: all").ToIndex();
        Assert.True(index.TryFind("a", out Package? package));
        Assert.Equal((false, PackagePriority.Extra, MultiArch.No, "", "all", 0L),
            (package.IsEssential, package.Priority, package.MultiArch, package.Section, package.Architecture, package.InstalledSize));
        Assert.All(Enum.GetValues<RelationField>(), field => Assert.Empty(package.Relations(field)));
    }

    [Fact]
    public void Packages_for_other_architectures_are_passed_over()
    {
        PackageIndex index = new SamplePackages().Add("a", "Architecture: armhf").Add("b").Add("c", "Architecture: amd64", "Size: no").ToIndex();
        Assert.Equal(1, index.Count);
        Assert.Equal("b", Assert.Single(index.Newest).Name);
    }

    [Fact]
    public void The_highest_version_of_all_indexes_comes_first()
    {
        PackageIndex index = new();
        new SamplePackages().Add("a", "Version: 1.2").Add("a", "Version: 1.10").Add("b").AddTo(index, "main");
        new SamplePackages().Add("a", "Version: 1.10+deb12u1").Add("a", "Version: 1.3").AddTo(index, "security");
        new SamplePackages().Add("a", "Version: 1.10").Add("a", "Version: 1.1").AddTo(index, "updates");
        Assert.Equal(["1.10+deb12u1 security", "1.10 main", "1.3 security", "1.2 main", "1.1 updates"],
            index.Versions("a").Select(package => $"{package.Version} {package.Repository}"));
        Assert.Equal(6, index.Count);
        Assert.Empty(index.Versions("c"));
        Assert.False(index.TryFind("c", out _));
        Assert.Equal(["1.0", "1.10+deb12u1"], index.Newest.Select(package => package.Version.Text).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Providers_stand_by_priority_name_and_version()
    {
        PackageIndex index = new SamplePackages().Add("z", "Provides: v", "Priority: important").Add("b", "Provides: v (= 1)").Add("a", "Version: 1", "Provides: v, w")
            .Add("a", "Version: 2", "Provides: v (= 3)").Add("c", "Provides: w").ToIndex();
        Assert.Equal(["z 1.0 ", "a 2 3", "a 1 ", "b 1.0 1"], index.Providers("v").Select(item => $"{item.Package} {item.Version}"));
        Assert.Empty(index.Providers("a"));
    }

    [Theory]
    [InlineData("systmd", "systemd")]
    [InlineData("Systemd", "systemd")]
    [InlineData("systemdd", "systemd")]
    [InlineData("sytsemd", "systemd")]
    [InlineData("linux-image", "linux-image-arm64,linux-image-rt-arm64")]
    [InlineData("iproute", "iproute2")]
    [InlineData("xz", "")]
    [InlineData("", "")]
    [InlineData("nothing-like-it", "")]
    public void Near_names_are_found(string name, string expected)
    {
        SamplePackages sample = new();
        foreach (string near in (string[])["systemd", "linux-image-arm64", "linux-image-rt-arm64", "iproute2", "ab", "libsystemd0"])
            sample.Add(near);
        Assert.Equal(expected, string.Join(',', sample.ToIndex().NearNames(name)));
    }

    [Theory]
    [InlineData("Filename: /pool/a.deb", "no path below the archive")]
    [InlineData("Filename: ../a.deb", "no path below the archive")]
    [InlineData("Filename: pool/../../a.deb", "no path below the archive")]
    [InlineData("Filename: pool/..", "no path below the archive")]
    [InlineData("Filename: pool\\..\\a.deb", "no path below the archive")]
    [InlineData("Filename: https://example.org/a.deb", "no path below the archive")]
    [InlineData("Filename: C:a.deb", "no path below the archive")]
    [InlineData("Filename: pool/\u0001.deb", "no path below the archive")]
    [InlineData("Filename: pool/a.deb\n b", "no path below the archive")]
    [InlineData("Filename: pool/ä.deb", "no path below the archive")]
    [InlineData("Size: 4294967297", "a number up to 4,294,967,296")]
    [InlineData("Size: -1", "a number up to")]
    [InlineData("Size: 1e3", "a number up to")]
    [InlineData("Size: 99999999999999999999", "a number up to")]
    [InlineData("Size: 0", "Size is missing or 0")]
    [InlineData("Installed-Size: x", "Installed-Size is 'x'")]
    [InlineData("SHA256: 00", "64 hexadecimal digits")]
    [InlineData("SHA256: 000000000000000000000000000000000000000000000000000000000000000g", "64 hexadecimal digits")]
    [InlineData("Version:", "Version is wrong")]
    [InlineData("Version: 1_0", "'1_0' is not a version")]
    [InlineData("Architecture:", "Architecture is missing")]
    [InlineData("Package: a/b", "'a/b' is not the name of a package")]
    [InlineData("Package: ..", "'..' is not the name of a package")]
    [InlineData("Package:", "'' is not the name of a package")]
    [InlineData("Provides: a | b", "Provides is wrong: has alternatives")]
    [InlineData("Provides: a (>= 1)", "another operator than =")]
    [InlineData("Provides: a b", "a comma is missing")]
    [InlineData("Section: 12345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901", "Section has more than 100 characters")]
    public void Hostile_fields_are_refused(string field, string why)
    {
        ImageException error = Assert.Throws<ImageException>(() => new SamplePackages().Add("good").Add("a", field).ToIndex());
        Assert.Equal("CorruptPackageIndex", error.ErrorId);
        Assert.StartsWith("sample: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.Contains("another mirror", error.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_that_are_missing_or_twice_are_refused()
    {
        string text = new SamplePackages().Add("a").Text;
        foreach (string field in (string[])["Package", "Version", "Architecture", "Filename", "Size", "SHA256"])
            Assert.Equal("CorruptPackageIndex", Assert.Throws<ImageException>(() => Read(text.Replace(field + ":", "X:", StringComparison.Ordinal))).ErrorId);
        Assert.Contains("the field Size stands there twice", Assert.Throws<ImageException>(() => Read("size: 1\n" + text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Relations_that_cannot_be_read_are_refused_when_they_are_asked_for()
    {
        PackageIndex index = new SamplePackages().Add("a", "Depends: b (1)", "Conflicts: c | d").ToIndex();
        Package package = Assert.Single(index.Newest);
        Assert.Contains("a: the field Depends is wrong: the operator", Assert.Throws<ImageException>(() => package.Relations(RelationField.Depends)).Message, StringComparison.Ordinal);
        Assert.Contains("a: the field Conflicts is wrong: has alternatives", Assert.Throws<ImageException>(() => package.Relations(RelationField.Conflicts)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_package_has_not_endlessly_many_versions()
    {
        SamplePackages sample = new();
        for (int i = 0; i <= PackageIndex.MaxVersions; i++)
            sample.Add("a", $"Version: {1000 - i}");
        Assert.Contains("more than 256 versions of a", Assert.Throws<ImageException>(sample.ToIndex).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_indexes_give_errors_and_nothing_else()
    {
        byte[] bytes = new SamplePackages().Add("a", "Depends: b (>= 1) | c, d", "Pre-Depends: e").Add("b", "Provides: v (= 1), w", "Essential: yes")
            .Add("c", "Conflicts: b", "Multi-Arch: same").Add("d", "Breaks: c (<< 1)").Add("e").Bytes;
        int read = 0;
        for (int seed = 0; seed < Seeds.Count; seed++)
        {
            try
            {
                PackageIndex index = Read(Mutations.Damage(bytes, seed));
                Assert.All(index.Newest, package => Assert.DoesNotContain("..", package.FileName.Split('/')));
                new PackageResolver(index).Resolve(new() { Wanted = ["a"] });
                read++;
            }
            catch (ImageException e)
            {
                Assert.Contains(e.ErrorId, (string[])["CorruptPackageIndex", ErrorIds.PackageMissing, ErrorIds.DependencyUnmet, ErrorIds.PackageConflict]);
            }
        }
        Assert.NotEqual(0, read);
    }

    private static PackageIndex Read(string text) => Read(Encoding.UTF8.GetBytes(text));

    private static PackageIndex Read(byte[] bytes)
    {
        PackageIndex index = new();
        using MemoryStream stream = new(bytes);
        index.Add(stream, "sample", "sample");
        return index;
    }
}
