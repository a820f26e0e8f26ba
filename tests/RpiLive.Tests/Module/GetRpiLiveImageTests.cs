using System.Management.Automation;

namespace RpiLive.Tests.Module;

public sealed class GetRpiLiveImageTests : IDisposable
{
    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Every_matching_file_is_opened()
    {
        _session.File("a-live.img");
        _session.File("b-live.img");
        _session.File("other");
        Assert.Equal(
            [Path.Join(_session.Folder, "a-live.img"), Path.Join(_session.Folder, "b-live.img"), Path.Join(_session.Folder, "other")],
            _session.Run("Get-FakeImage *-live.img, other").Texts);
    }

    [Fact]
    public void Its_output_can_be_piped_to_itself_even_with_brackets_in_the_name()
    {
        string path = _session.File("live[1].img");
        ModuleResult result = _session.Run("Get-FakeImage -LiteralPath 'live[1].img' | Get-FakeImage | Get-FakeImage");
        Assert.Empty(result.Errors);
        Assert.Equal([path], result.Texts);
    }

    [Fact]
    public void A_deserialized_image_binds_by_its_path()
    {
        string path = _session.File("live[1].img");
        ModuleResult result = _session.Run("""
            $image = Get-FakeImage -LiteralPath 'live[1].img'
            $copy = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($image))
            $copy.PSTypeNames[0]
            "$($copy.Flavours)"
            $copy | Get-FakeImage
            """);
        Assert.Empty(result.Errors);
        Assert.Equal(["Deserialized.RpiLive.RpiLiveImage", "v8 2712", path], result.Texts);
    }

    [Fact]
    public void A_file_that_is_no_image_is_an_error_of_the_engine_and_the_next_has_its_turn()
    {
        _session.File("zeros.img");
        _session.File("more.img");
        ModuleResult result = _session.Run("Get-RpiLiveImage zeros.img, more.img");
        Assert.Equal(2, result.Errors.Count);
        Assert.All(result.Errors, error => Assert.EndsWith(",RpiLive.Commands.GetRpiLiveImageCommand", error.FullyQualifiedErrorId, StringComparison.Ordinal));
    }

    [Fact]
    public void The_view_is_a_table_of_human_sizes()
    {
        _session.File("live.img");
        ModuleResult result = _session.Run("(Get-FakeImage live.img).PSTypeNames[0]; (Get-Module RpiLive).ExportedFormatFiles");
        Assert.Equal("RpiLive.RpiLiveImage", result.Texts.First());
        Assert.EndsWith("RpiLive.Format.ps1xml", result.Texts.Last(), StringComparison.Ordinal);
    }
}
