using RpiLive.Core.Imaging;
using RpiLive.Tests.Editing;

namespace RpiLive.Tests.Module;

/// <summary>Add- and Remove-RpiLiveZram, and Get-RpiModel, on a live image.</summary>
public sealed class ZramCommandTests(LiveImageFixture fixture) : IClassFixture<LiveImageFixture>, IDisposable
{
    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Zram_is_added_shown_replaced_and_removed()
    {
        string path = NewImage(), before = Judges.ReadSettings(path);
        RpiLiveZram zram = Image("Get-RpiLiveImage live.img | Add-RpiLiveZram -Size 512MB -Algorithm ZSTD -Priority 5 -Swappiness 180 -PageCluster 1 -MemoryLimit 64MB").Zram!;
        Assert.Equal((null, 512L << 20, "zstd", 5, 180, 1, 64L << 20), (zram.Percent, zram.Size, zram.Algorithm, zram.Priority, zram.Swappiness, zram.PageCluster, zram.MemoryLimit));
        Assert.Contains("\nzram=512\nzram.algorithm=zstd\nzram.priority=5\nzram.limit=64\nzram.swappiness=180\nzram.pagecluster=1\n", Judges.ReadSettings(path), StringComparison.Ordinal);
        Assert.Equal("50 % of the RAM, the kernel's algorithm", Image("Add-RpiLiveZram live.img -Force").Zram!.ToString());
        Judges.CheckBootVolume(path);
        Assert.Null(Image("Remove-RpiLiveZram live.img").Zram);
        Assert.Equal(before, Judges.ReadSettings(path));
        ModuleResult again = _session.Run("Remove-RpiLiveZram live.img -Verbose");
        Assert.Empty(again.Errors);
        Assert.Single(again.Output);
    }

    [Theory]
    [InlineData("Add-RpiLiveZram live.img", "ZramExists")]
    [InlineData("Add-RpiLiveZram live.img -Algorithm lz4 -Force", "ZramAlgorithmMissing")]
    [InlineData("Add-RpiLiveZram live.img -Algorithm 'x;y' -Force", "ZramAlgorithmMissing")]
    [InlineData("Add-RpiLiveZram live.img -Percent 10 -Size 64MB -Force", "ParametersDisagree")]
    [InlineData("Add-RpiLiveZram live.img -Percent 401", "ParameterArgumentValidationError")]
    [InlineData("Add-RpiLiveZram live.img -Size 1MB", "ParameterArgumentValidationError")]
    [InlineData("Add-RpiLiveZram live.img -Swappiness 201", "ParameterArgumentValidationError")]
    [InlineData("Add-RpiLiveZram live.img -Priority 40000", "ParameterArgumentValidationError")]
    [InlineData("Get-RpiModel 'Pi 7'", "ModelMissing")]
    public void What_cannot_be_is_an_error_with_its_id_and_changes_nothing(string script, string id)
    {
        string path = NewImage();
        Image("Add-RpiLiveZram live.img");
        string before = Judges.ReadSettings(path);
        ModuleResult result = _session.Run(script);
        Assert.StartsWith(id, Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        if (id == "ZramExists")
            Assert.Equal(System.Management.Automation.ErrorCategory.ResourceExists, result.Errors[0].CategoryInfo.Category);
        Assert.Empty(result.Output);
        Assert.Equal(before, Judges.ReadSettings(path));
    }

    [Fact]
    public void WhatIf_changes_nothing()
    {
        string path = NewImage(), before = Judges.ReadSettings(path);
        ModuleResult result = _session.Run("Add-RpiLiveZram live.img -WhatIf");
        Assert.Empty(result.Errors);
        Assert.Empty(result.Output);
        Assert.Equal(before, Judges.ReadSettings(path));
    }

    [Fact]
    public void An_image_made_before_zram_was_known_is_refused()
    {
        LiveFlavour old = new("v8", "6.12", "kernel8.img", "initramfs8", []);
        Core.Imaging.Editing.EditState state = new("old.img", new(), null!, null, null) { Flavours = [old] };
        Assert.Equal("ZramUnsupported", Assert.Throws<Core.Errors.ImageException>(() => Core.Imaging.Zram.ZramPlanner.Plan(state, new(), replace: false)).ErrorId);
        state = state with { Flavours = [old with { ZramAlgorithms = [] }] };
        Assert.Equal("ZramUnsupported", Assert.Throws<Core.Errors.ImageException>(() => Core.Imaging.Zram.ZramPlanner.Plan(state, new(), replace: false)).ErrorId);
    }

    [Fact]
    public void Models_are_listed_with_their_memory_and_with_an_image_how_it_runs()
    {
        NewImage();
        ModuleResult all = _session.Run("Get-RpiModel 'Pi 4*', 'Pi Zero 2 W'");
        Assert.Empty(all.Errors);
        Assert.Equal(["Pi Zero 2 W 512 MB", "Pi 4B 1 GB", "Pi 4B 2 GB", "Pi 4B 4 GB", "Pi 4B 8 GB", "Pi 400 4 GB"], all.Output.Select(model => model.BaseObject.ToString()));
        Assert.All(all.Output, model => Assert.Null(((RpiModel)model.BaseObject).Fit));
        foreach (string script in (string[])["Get-RpiLiveImage live.img | Get-RpiModel -Name 'Pi 4B'", "Get-RpiModel -Path live.img 'Pi 4B'", "Get-RpiModel 'Pi 4B' -LiteralPath live.img"])
        {
            ModuleResult fitting = _session.Run(script);
            Assert.Empty(fitting.Errors);
            Assert.Equal(4, fitting.Output.Count);
            Assert.All(fitting.Output, model => Assert.Equal((MemoryFit.Ram, true), (((RpiModel)model.BaseObject).Fit, ((RpiModel)model.BaseObject).FreeMemory > 0)));
        }
    }

    [Theory]
    [InlineData("Add-RpiLiveZram -Path live.img -Algorithm z", new[] { "zstd" })]
    [InlineData("Add-RpiLiveZram -Path live.img -Algorithm l", new[] { "lzo" })]
    [InlineData("Add-RpiLiveZram -Algorithm lz4", new[] { "lz4", "lz4hc" })]
    [InlineData("Get-RpiModel -Name \"Pi 40", new[] { "'Pi 400'" })]
    [InlineData("New-RpiLiveImage x y -OnLowMemory ", new[] { "Medium", "Stop" })]
    public void Values_are_completed(string line, string[] values)
    {
        NewImage();
        ModuleResult result = _session.Run(
            $"$line = '{line}'; [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches.CompletionText");
        Assert.Equal(values.Order(), result.Texts.Order());
    }

    private string NewImage()
    {
        string path = Path.Join(_session.Folder, "live.img");
        File.Copy(fixture.Path, path);
        return path;
    }

    /// <summary>The one image that a script emits without an error.</summary>
    private RpiLiveImage Image(string script)
    {
        ModuleResult result = _session.Run(script);
        Assert.Empty(result.Errors.Select(error => error.ToString()));
        return (RpiLiveImage)result.Output.Single().BaseObject;
    }
}
