using System.Management.Automation;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Debian.Support;

namespace RpiLive.Tests.Module;

/// <summary>Base images through the cmdlet, from a mirror on this machine that goes wrong when it is asked to.</summary>
public sealed class NewRpiBaseImageTests : IDisposable
{
    private readonly ModuleSession _session = new();
    private readonly FakeDebian _debian = new();

    private string[] Images => [.. Directory.GetFiles(_session.Folder, "*.img*").Select(path => Path.GetFileName(path))];

    public void Dispose()
    {
        _session.Dispose();
        _debian.Dispose();
    }

    [Fact]
    public void Makes_an_image_and_says_what_is_in_it()
    {
        ModuleResult result = Make();
        Assert.Empty(result.Errors);
        RpiBaseImage image = Assert.IsType<RpiBaseImage>(Assert.Single(result.Output).BaseObject);
        Assert.Equal(("base.img", "bookworm", "Minimal", "raspberrypi", SyntheticDebian.Release), (image.Name, image.Suite, image.Profile, image.HostName, image.Kernel));
        Assert.Equal(new FileInfo(image.Path).Length, image.Length);
        Assert.Contains("nano 1.0-1", image.Packages.Select(package => package.ToString()));
        // What nobody asked for and nothing needs.
        Assert.DoesNotContain("gawk", image.Packages.Select(package => package.Name));
        Assert.DoesNotContain("openssh-server", image.Packages.Select(package => package.Name));
        Assert.Contains("without -SecurityMirror", Assert.Single(image.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_image_takes_everything_but_the_release_files_from_the_cache_and_is_the_same()
    {
        Assert.Empty(Make().Errors);
        int before = _debian.Mirror.Requests.Count;
        Assert.Empty(_session.Run($"New-RpiBaseImage again.img {_debian.Parameters}").Errors);
        Assert.Equal(["dists/bookworm/InRelease", "dists/bookworm-updates/InRelease"], _debian.Mirror.Paths.Skip(before).Order(StringComparer.Ordinal).Reverse());
        Assert.True(File.ReadAllBytes(InFolder("base.img")).AsSpan().SequenceEqual(File.ReadAllBytes(InFolder("again.img"))));
    }

    [Fact]
    public void Without_network_the_cache_does_with_a_warning()
    {
        Assert.Empty(Make().Errors);
        _debian.Mirror.Stop();
        ModuleResult result = _session.Run($"New-RpiBaseImage again.img {_debian.Parameters}");
        Assert.Empty(result.Errors);
        Assert.Contains(((RpiBaseImage)result.Output.Single().BaseObject).Warnings, warning => warning.Contains("the state of", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_network_and_cache_it_says_so_in_one_sentence()
    {
        _debian.Mirror.Stop();
        ErrorRecord error = Assert.Single(Make().Errors);
        Assert.StartsWith("MirrorUnreachable,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Matches(@"127\.0\.0\.1: cannot be reached for .*; the cache .* does not have it\.$", error.ErrorDetails.Message);
        Assert.Empty(Images);
    }

    [Fact]
    public void The_pipeline_goes_on_to_a_live_image()
    {
        ModuleResult result = _session.Run(
            $"New-RpiBaseImage base.img {_debian.Parameters} | New-RpiLiveImage -DestinationPath live.img -CompressionLevel 1 -WarningAction SilentlyContinue | Add-RpiLiveZram | Test-RpiLiveImage");
        Assert.Empty(result.Errors);
        RpiLiveTestReport report = Assert.IsType<RpiLiveTestReport>(Assert.Single(result.Output).BaseObject);
        Assert.Empty(report.Checks.Where(check => check.Result.ToString() == "Failed").Select(check => $"{check.Id}: {check.Message}"));
    }

    [Fact]
    public void A_key_brings_the_server_and_packages_come_by_name_and_version()
    {
        ModuleResult result = _session.Run($"New-RpiBaseImage base.img gawk, nano=1.0-1 -AuthorizedKey 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHeWrFzUzKXJxpHyH0Pq me' {_debian.Parameters}");
        Assert.Empty(result.Errors);
        Assert.Superset(new HashSet<string> { "gawk", "nano", "openssh-server" }, ((RpiBaseImage)result.Output.Single().BaseObject).Packages.Select(package => package.Name).ToHashSet());
    }

    [Fact]
    public void An_update_is_taken_where_there_is_one()
    {
        DebSample newer = new("nano") { Version = "1.0-1+deb12u1" };
        newer.Tree.With("etc/nanorc", "set y\n");
        FakeDebian.Add(_debian.Updates, "main", [newer]);
        _debian.Updates.Publish();
        ModuleResult result = Make();
        Assert.Empty(result.Errors);
        Assert.Contains("nano 1.0-1+deb12u1", ((RpiBaseImage)result.Output.Single().BaseObject).Packages.Select(package => package.ToString()));
    }

    [Fact]
    public void A_broken_line_in_a_package_costs_only_what_was_missing()
    {
        MirrorFile file = _debian.Mirror[FakeDebian.PathOf("busybox")];
        file.ETag = "\"1\"";
        file.Faults.Enqueue(new Fault { CutAfter = 700 });
        Assert.Empty(Make().Errors);
        MirrorRequest[] requests = [.. _debian.Mirror.Requests.Where(request => request.Path == FakeDebian.PathOf("busybox"))];
        Assert.Equal("bytes=700-", requests[^1]["Range"]);
    }

    [Theory]
    [InlineData("tampered")]
    [InlineData("missing")]
    [InlineData("index")]
    public void What_a_mirror_spoils_is_an_error_and_works_again_once_it_is_mended(string what)
    {
        string path = FakeDebian.PathOf("nano");
        byte[] good = _debian.Mirror[path].Content;
        string id;
        switch (what)
        {
            case "tampered":
                byte[] bad = [.. good];
                bad[^5] ^= 1;
                _debian.Mirror.Add(path, bad);
                id = "DownloadDamaged";
                break;
            case "missing":
                _debian.Mirror.Remove(path);
                id = "DownloadMissing";
                break;
            default:
                _debian.Mirror[_debian.Suite.ReleasePath].Always = new Fault { Content = [.. _debian.Mirror[_debian.Suite.ReleasePath].Content.Select(b => b == (byte)'2' ? (byte)'3' : b)] };
                id = "SignatureInvalid";
                break;
        }
        ErrorRecord error = Assert.Single(Make().Errors);
        Assert.StartsWith(id + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(Images);

        _debian.Mirror.Add(path, good);
        _debian.Mirror[_debian.Suite.ReleasePath].Always = null;
        Assert.Empty(Make().Errors);
        Assert.Equal(["base.img"], Images);
    }

    [Fact]
    public void Ctrl_C_in_a_download_ends_soon_and_leaves_no_image()
    {
        using ManualResetEventSlim reached = new();
        _debian.Mirror[FakeDebian.PathOf("nano")].Always = new Fault { StallAfter = 10, Before = reached.Set };
        using PowerShell shell = _session.Start($"New-RpiBaseImage base.img {_debian.Parameters}");
        IAsyncResult running = shell.BeginInvoke();
        Assert.True(reached.Wait(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        shell.Stop();
        Assert.True(running.IsCompleted);
        Assert.Empty(Images);
        _debian.Mirror[FakeDebian.PathOf("nano")].Always = null;
        Assert.Empty(Make().Errors);
    }

    [Theory]
    [InlineData("-HostName 'not a name'")]
    [InlineData("-HostName '-x'")]
    [InlineData("-Package 'Not A Package'")]
    [InlineData("-Package '../x'")]
    [InlineData("-AuthorizedKey 'secret'")]
    [InlineData("-AuthorizedKey \"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHeWrFzUzKXJxpHyH0Pq me`nssh-rsa x\"")]
    [InlineData("-Mirror 'ftp://mirror.test/debian'")]
    [InlineData("-Mirror 'https://mirror.test/debian?x'")]
    [InlineData("-Suite buster")]
    [InlineData("-Size 0")]
    public void What_is_no_name_key_or_mirror_is_refused_before_anything_is_fetched(string parameters)
    {
        Assert.Contains("Parameter", Assert.Single(_session.Run($"New-RpiBaseImage base.img {parameters}").ErrorIds), StringComparison.Ordinal);
        Assert.Empty(_debian.Mirror.Requests);
    }

    [Fact]
    public void Says_what_it_would_do_and_asks_no_mirror()
    {
        Assert.Empty(_session.Run($"New-RpiBaseImage base.img {_debian.Parameters} -WhatIf").Output);
        Assert.Empty(_debian.Mirror.Requests);
        Assert.False(Directory.Exists(_debian.Cache));
    }

    private ModuleResult Make() => _session.Run($"New-RpiBaseImage base.img {_debian.Parameters}");

    private string InFolder(string name) => Path.Join(_session.Folder, name);
}
