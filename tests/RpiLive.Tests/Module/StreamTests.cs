using System.Management.Automation;
using RpiLive.Core.Tree;
using RpiLive.Tests.Imaging;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Module;

/// <summary>Quiet when all is well; -Verbose tells the steps, -Debug the facts.</summary>
public sealed class StreamTests(LiveImageFixture live) : IClassFixture<LiveImageFixture>, IDisposable
{
    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("New-RpiLiveImage stock.img new.img -CompressionLevel 1 -WarningAction Ignore", "Compressing the root took ", "Kernel arm64: vmlinuz-6.1.0-50-arm64, release 6.1.0-50-arm64, with ")]
    [InlineData("Get-RpiLiveImage live.img", "Reading ", null)]
    [InlineData("Set-RpiLivePersistence live.img /home -Target Usb -Label KEEP", ": changed in ", "live/rpilive.conf: + keep=overlay usb /home")]
    [InlineData("Add-RpiLiveZram live.img", ": changed in ", "live/rpilive.conf: + zram=50%")]
    [InlineData("Get-RpiModel -Path live.img", "Reading ", null)]
    [InlineData("Test-RpiLiveImage live.img", " checks in ", "Passed: RootContent")]
    public void A_command_tells_as_much_as_it_is_asked_for(string command, string step, string? fact)
    {
        using TemporaryFolder folder = new();
        File.Copy(SyntheticStock.Debian().Write(folder), Path.Join(_session.Folder, "stock.img"));
        File.Copy(live.Path, Path.Join(_session.Folder, "live.img"));
        (PSDataStreams streams, int output) = Run(command);
        Assert.NotEqual(0, output);
        Assert.Empty(streams.Verbose);
        Assert.Empty(streams.Debug);
        Assert.Empty(streams.Information);
        File.Delete(Path.Join(_session.Folder, "new.img"));
        (streams, _) = Run($"{command} -Verbose");
        Assert.Contains(streams.Verbose, record => record.Message.Contains(step, StringComparison.Ordinal));
        Assert.Empty(streams.Debug);
        File.Delete(Path.Join(_session.Folder, "new.img"));
        (streams, _) = Run($"{command} -Debug");
        // With -Debug alone nothing is asked, and the steps are among the facts.
        Assert.Empty(streams.Verbose);
        Assert.Contains(streams.Debug, record => record.Message.Contains(step, StringComparison.Ordinal));
        if (fact is not null)
            Assert.Contains(streams.Debug, record => record.Message.Contains(fact, StringComparison.Ordinal));
    }

    [Fact]
    public void What_WhatIf_would_write_is_told_too()
    {
        File.Copy(live.Path, Path.Join(_session.Folder, "live.img"));
        (PSDataStreams streams, int output) = Run("Set-RpiLivePersistence live.img /home -Target Usb -Label KEEP -WhatIf -Debug -Verbose");
        Assert.Equal(0, output);
        Assert.Contains(streams.Debug, record => record.Message.EndsWith("+ keep=overlay usb /home", StringComparison.Ordinal));
        Assert.DoesNotContain(streams.Verbose, record => record.Message.Contains("changed in", StringComparison.Ordinal));
    }

    [Fact]
    public void What_was_found_before_a_build_fails_is_told()
    {
        using TemporaryFolder folder = new();
        SyntheticStock stock = SyntheticStock.Debian();
        TreePath.FindDirectory(stock.Root, "usr/bin")!.Children.Remove("busybox");
        File.Copy(stock.Write(folder), Path.Join(_session.Folder, "stock.img"));
        using PowerShell shell = _session.Start("New-RpiLiveImage stock.img new.img -Verbose -Debug");
        shell.Invoke();
        Assert.StartsWith("BusyBoxMissing", Assert.Single(shell.Streams.Error).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(shell.Streams.Debug, record => record.Message.StartsWith("Volumes: PARTUUID=11223344-01", StringComparison.Ordinal));
        Assert.Contains(shell.Streams.Verbose, record => record.Message == "Reading the stock image.");
    }

    [Fact]
    public void A_folder_that_was_made_for_nothing_goes_again()
    {
        _session.File("stock.img");
        Assert.Single(_session.Run("New-RpiLiveImage stock.img new/").Errors);
        Assert.False(Directory.Exists(Path.Join(_session.Folder, "new")));
        Directory.CreateDirectory(Path.Join(_session.Folder, "old"));
        Assert.Single(_session.Run("New-RpiLiveImage stock.img old/").Errors);
        Assert.True(Directory.Exists(Path.Join(_session.Folder, "old")));
    }

    [Fact]
    public void A_report_goes_on_to_another_cmdlet_by_its_path()
    {
        File.Copy(live.Path, Path.Join(_session.Folder, "[live].img"));
        ModuleResult result = _session.Run("Test-RpiLiveImage -LiteralPath '[live].img' -Category Structure | Get-RpiLiveImage");
        Assert.Empty(result.Errors);
        Assert.IsType<RpiLiveImage>(Assert.Single(result.Output).BaseObject);
    }

    private (PSDataStreams Streams, int Output) Run(string script)
    {
        // Each run starts from the same image.
        File.Copy(live.Path, Path.Join(_session.Folder, "live.img"), overwrite: true);
        PowerShell shell = _session.Start(script);
        int output = shell.Invoke().Count;
        Assert.Empty(shell.Streams.Error);
        return (shell.Streams, output);
    }
}
