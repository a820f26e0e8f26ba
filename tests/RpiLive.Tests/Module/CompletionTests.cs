using RpiLive.Completion;

namespace RpiLive.Tests.Module;

/// <summary>What the image at hand has is offered, wherever on the line it is named.</summary>
public sealed class CompletionTests(LiveImageFixture live) : IClassFixture<LiveImageFixture>, IDisposable
{
    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("Set-RpiLivePersistence live.img -StoreName ", "usb", "card")]
    [InlineData("Set-RpiLivePersistence live.img -StoreName C", "card")]
    [InlineData("Set-RpiLivePersistence live.img -StoreName 'u", "usb")]
    [InlineData("Set-RpiLivePersistence missing.img -StoreName ")]
    [InlineData("Set-RpiLivePersistence -StoreName ")]
    [InlineData("Get-RpiLiveImage live.img | Set-RpiLivePersistence -StoreName ", "usb", "card")]
    [InlineData("Get-RpiLiveImage -LiteralPath live.img | Add-RpiLiveZram -Force | Set-RpiLivePersistence -StoreName u", "usb")]
    [InlineData("Get-RpiLiveImage l*.img | Set-RpiLivePersistence -StoreName u", "usb")]
    [InlineData("New-RpiLiveImage stock.img live.img -Force | Set-RpiLivePersistence -StoreName u", "usb")]
    [InlineData("\"live.img\" | Set-RpiLivePersistence -StoreName u", "usb")]
    [InlineData("$image | Set-RpiLivePersistence -StoreName u", "usb")]
    [InlineData("$images | Set-RpiLivePersistence -StoreName u", "usb")]
    [InlineData("$nothing | Set-RpiLivePersistence -StoreName u")]
    [InlineData("Remove-RpiLivePersistence live.img ", "/home", "/srv")]
    [InlineData("$image | Remove-RpiLivePersistence -Directory /h", "/home")]
    [InlineData("Get-RpiLiveImage live.img | Add-RpiLiveZram -Algorithm z", "zstd")]
    [InlineData("Get-RpiLiveImage live.img | Set-RpiLivePersistence -Directory /home/", "/home/pi")]
    public void Names_of_the_image_are_offered(string line, params string[] offers)
    {
        Prepare();
        Assert.Equal(offers, _session.Complete(line));
    }

    [Fact]
    public void Labels_are_those_of_stores_and_of_drives()
    {
        Prepare();
        string[] labels = _session.Complete("Set-RpiLivePersistence live.img -Label ");
        Assert.Equal("'MY STICK'", labels[0]);
        Assert.Equal(["'MY STICK'"], _session.Complete("Set-RpiLivePersistence live.img -Label 'my s"));
        string[] host = [.. HostVolumes.Labels()];
        Assert.All(labels[1..], label => Assert.Contains(label.Trim('\''), host));
    }

    [Theory]
    [InlineData("KEEP", "KEEP")]
    [InlineData(@"MY\x20STICK", "MY STICK")]
    [InlineData(@"a\x2fb", "a/b")]
    [InlineData(@"\xc3\xa4rger", "ärger")]
    [InlineData("ärger", "ärger")]
    public void A_label_is_read_as_udev_writes_it(string name, string label) => Assert.Equal(label, HostVolumes.FromUdev(name));

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("/var/log", "/var/log")]
    [InlineData("two words", "'two words'")]
    [InlineData("it's", "'it''s'")]
    [InlineData("$x", "'$x'")]
    [InlineData("-dash", "'-dash'")]
    [InlineData("", "''")]
    [InlineData("tick’s", "'tick’’s'")]
    public void A_word_is_quoted_where_it_must_be(string text, string offered) => Assert.Equal(offered, Quoting.Offer(text).CompletionText);

    private void Prepare()
    {
        File.Copy(live.Path, Path.Join(_session.Folder, "live.img"));
        ModuleResult result = _session.Run("""
            $image = Set-RpiLivePersistence live.img /home -Target Usb -Label 'MY STICK' -StoreName usb |
                Set-RpiLivePersistence -Directory /srv -Target Partition -Size 16MB -StoreName card
            $images = @($image)
            """);
        Assert.Empty(result.Errors);
    }
}
