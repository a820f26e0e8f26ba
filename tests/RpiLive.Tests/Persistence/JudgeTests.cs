using RpiLive.Core.Errors;
using RpiLive.Core.Imaging.Persistence;
using RpiLive.Core.SquashFs;

namespace RpiLive.Tests.Persistence;

public sealed class JudgeTests : IDisposable
{
    private readonly SquashFsVolume _root = Roots.Open(Roots.Trixie());

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData("/var/log", KeepMode.Overlay, "/var/log")]
    [InlineData("/var/new", KeepMode.Bind, "/var/new")]
    [InlineData("/new", KeepMode.Overlay, "/new")]
    [InlineData("/var/spool/mail", KeepMode.Bind, "/var/mail")]
    [InlineData("/var/spool/mail/new", KeepMode.Bind, "/var/mail/new")]
    [InlineData("/lib/firmware", KeepMode.Overlay, "/usr/lib/firmware")]
    [InlineData("/lib/new", KeepMode.Overlay, "/usr/lib/new")]
    [InlineData("/usr", KeepMode.Overlay, "/usr")]
    [InlineData("/tmp", KeepMode.Tmpfs, "/tmp")]
    [InlineData("/srv/top/var/log", KeepMode.Bind, "/var/log")]
    public void A_directory_is_kept_where_it_really_lies(string directory, KeepMode mode, string place) =>
        Assert.Equal(place, new KeepJudge(_root, "live.img").Place(directory, mode));

    [Theory]
    [InlineData("var/log", ErrorIds.KeepDirectoryInvalid, "not absolute")]
    [InlineData("", ErrorIds.KeepDirectoryInvalid, "not absolute")]
    [InlineData("/var/../log", ErrorIds.KeepDirectoryInvalid, "..")]
    [InlineData("/var/./log", ErrorIds.KeepDirectoryInvalid, "..")]
    [InlineData("/var//log", ErrorIds.KeepDirectoryInvalid, "slash")]
    [InlineData("/var/log ", ErrorIds.KeepDirectoryInvalid, "blank")]
    [InlineData("/var/a:b", ErrorIds.KeepDirectoryInvalid, "character :")]
    [InlineData("/var/a\\b", ErrorIds.KeepDirectoryInvalid, "character \\")]
    [InlineData("/var/a\"b", ErrorIds.KeepDirectoryInvalid, "character \"")]
    [InlineData("/var/a\nb", ErrorIds.KeepDirectoryInvalid, "control character")]
    [InlineData("/", ErrorIds.KeepDirectoryForbidden, "the live root itself")]
    [InlineData("/srv/top", ErrorIds.KeepDirectoryForbidden, "the live root itself")]
    [InlineData("/proc", ErrorIds.KeepDirectoryForbidden, "/proc")]
    [InlineData("/proc/sys/x", ErrorIds.KeepDirectoryForbidden, "/proc")]
    [InlineData("/sys", ErrorIds.KeepDirectoryForbidden, "/sys")]
    [InlineData("/dev/shm", ErrorIds.KeepDirectoryForbidden, "/dev")]
    [InlineData("/run", ErrorIds.KeepDirectoryForbidden, "/run")]
    [InlineData("/var/run", ErrorIds.KeepDirectoryForbidden, "in the image this is /run")]
    [InlineData("/var/run/x", ErrorIds.KeepDirectoryForbidden, "/run")]
    [InlineData("/boot/firmware", ErrorIds.KeepDirectoryForbidden, "boot volume")]
    [InlineData("/lib/modules", ErrorIds.KeepDirectoryForbidden, "kernel")]
    [InlineData("/usr/lib/modules/6.12", ErrorIds.KeepDirectoryForbidden, "kernel")]
    [InlineData("/usr/lib/rpilive", ErrorIds.KeepDirectoryForbidden, "start of the live system")]
    [InlineData("/tmp", ErrorIds.KeepDirectoryForbidden, "emptied")]
    [InlineData("/tmp/x", ErrorIds.KeepDirectoryForbidden, "emptied")]
    [InlineData("/usr/lib", ErrorIds.KeepDirectoryForbidden, "lies in it")]
    [InlineData("/lib", ErrorIds.KeepDirectoryForbidden, "lies in it")]
    [InlineData("/var/missing/x", ErrorIds.KeepDirectoryMissing, "no /var/missing")]
    [InlineData("/etc/hostname", ErrorIds.KeepDirectoryNotDirectory, "/etc/hostname")]
    [InlineData("/etc/hostname/x", ErrorIds.KeepDirectoryNotDirectory, "/etc/hostname")]
    [InlineData("/var/dangling", ErrorIds.KeepDirectoryNotDirectory, "leads nowhere")]
    public void What_cannot_be_kept_is_refused_with_the_reason(string directory, string errorId, string reason)
    {
        ImageException error = Assert.Throws<ImageException>(() => new KeepJudge(_root, "live.img").Place(directory, KeepMode.Bind));
        Assert.Equal(errorId, error.ErrorId);
        Assert.Equal(ImageErrorKind.Request, error.Kind);
        Assert.StartsWith("live.img: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.RecommendedAction);
    }

    [Theory]
    [InlineData(KeepMode.Overlay, KeepMode.Overlay, false)]
    [InlineData(KeepMode.Overlay, KeepMode.Bind, true)]
    [InlineData(KeepMode.Overlay, KeepMode.Tmpfs, true)]
    [InlineData(KeepMode.Bind, KeepMode.Overlay, false)]
    [InlineData(KeepMode.Bind, KeepMode.Bind, false)]
    [InlineData(KeepMode.Bind, KeepMode.Tmpfs, true)]
    [InlineData(KeepMode.Tmpfs, KeepMode.Overlay, false)]
    [InlineData(KeepMode.Tmpfs, KeepMode.Bind, false)]
    [InlineData(KeepMode.Tmpfs, KeepMode.Tmpfs, false)]
    public void Rules_lie_in_each_other_only_where_none_is_hidden(KeepMode outer, KeepMode inner, bool allowed)
    {
        foreach (string directory in (string[])["/var/log", "/var/lib/deep/inside"])
        {
            KeepRule[] rules = [new(directory, inner, "s"), new("/var", outer, "s"), new("/variant", KeepMode.Overlay, "s")];
            if (allowed)
                KeepJudge.CheckTogether(rules, "live.img");
            else
                Assert.Equal(ErrorIds.KeepRulesNested, Assert.Throws<ImageException>(() => KeepJudge.CheckTogether(rules, "live.img")).ErrorId);
        }
    }

    [Fact]
    public void Rules_are_ordered_with_a_directory_before_what_is_in_it()
    {
        PersistenceSettings settings = new();
        foreach (string directory in (string[])["/var/log/apt", "/var/lib", "/var", "/var-x", "/var/log", "/a"])
            settings = settings.With(new KeepRule(directory, KeepMode.Bind, "s"));
        Assert.Equal(["/a", "/var-x", "/var", "/var/lib", "/var/log", "/var/log/apt"], settings.Rules.Select(rule => rule.Directory));
    }

    [Fact]
    public void Presets_stand_for_what_the_image_has()
    {
        Assert.Equal([("/var/log", KeepMode.Bind)], KeepPresets.Find(KeepPreset.Logs, _root, "live.img"));
        Assert.Equal([("/home", KeepMode.Overlay), ("/root", KeepMode.Overlay)], KeepPresets.Find(KeepPreset.Home, _root, "live.img"));
        Assert.Equal([("/etc/ssh", KeepMode.Overlay), ("/var/lib/systemd", KeepMode.Overlay)], KeepPresets.Find(KeepPreset.Identity, _root, "live.img"));
        Assert.Equal(["/etc/NetworkManager/system-connections", "/var/lib/NetworkManager"], KeepPresets.Find(KeepPreset.Network, _root, "live.img").Select(found => found.Directory));
        ImageException error = Assert.Throws<ImageException>(() => KeepPresets.Find(KeepPreset.Containers, _root, "live.img"));
        Assert.Equal(ErrorIds.PresetEmpty, error.ErrorId);
        Assert.Contains("/var/lib/docker, /var/lib/containerd, /var/lib/containers", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Containers_are_kept_before_their_program_has_run_for_the_first_time()
    {
        using SquashFsVolume root = Roots.Open(Roots.Trixie().Program("usr/bin/dockerd").Folder("var/lib/containers"));
        Assert.Equal([("/var/lib/docker", KeepMode.Bind), ("/var/lib/containers", KeepMode.Bind)], KeepPresets.Find(KeepPreset.Containers, root, "live.img"));
    }
}
