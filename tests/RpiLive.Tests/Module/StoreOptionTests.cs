namespace RpiLive.Tests.Module;

/// <summary>Set- and Remove-RpiLivePersistence: every option on the object, and every error about its image.</summary>
public sealed class StoreOptionTests(LiveFolderFixture folder) : IClassFixture<LiveFolderFixture>
{
    [Theory]
    [InlineData("/home -Label KEEP -ReadOnly", "ReadOnly", "True")]
    [InlineData("/home -Label KEEP -ReadOnly:$false", "ReadOnly", "False")]
    [InlineData("/home -Label KEEP -FlushInterval 30", "FlushInterval", "30")]
    [InlineData("/home -Label KEEP -OnMissing Wait", "OnMissing", "Wait")]
    [InlineData("/home -Label KEEP -TimeoutSeconds 60", "TimeoutSeconds", "60")]
    [InlineData("/home -Label KEEP -StoreName stick", "Name", "stick")]
    [InlineData("/home -Label KEEP -Size 64MB", "Size", "67108864")]
    [InlineData("/home -Uuid 1A2B-3C4D", "Uuid", "1A2B-3C4D")]
    [InlineData("/home -Target Folder -Size 8MB", "Size", "8388608")]
    [InlineData("/home -Target Partition -Size 8MB -Grow", "Grow", "True")]
    public void An_option_is_seen_on_the_store(string arguments, string property, string expected)
    {
        folder.Build("live.img");
        ModuleResult result = folder.Session.Run($"(Set-RpiLivePersistence live.img {arguments}).Stores[0].{property}");
        Assert.Empty(result.Errors);
        Assert.Equal([expected], result.Texts);
    }

    [Theory]
    [InlineData("-Mode Overlay -Label KEEP", "/srv (Overlay on usb)  ")]
    [InlineData("-Mode Bind -Label KEEP", "/srv (Bind on usb)  ")]
    [InlineData("-Mode Tmpfs -Size 64MB", "/srv (Tmpfs) 67108864 ")]
    [InlineData("-Mode Tmpfs -Percent 10", "/srv (Tmpfs)  10")]
    public void A_mode_is_seen_on_the_rule(string arguments, string expected)
    {
        folder.Build("live.img");
        Assert.Equal([expected], folder.Session.Run($"(Set-RpiLivePersistence live.img /srv {arguments}).KeepRules.ForEach{{ \"$_ $($_.Size) $($_.Percent)\" }}").Texts);
    }

    [Theory]
    [InlineData("Logs", "/var/log")]
    [InlineData("Home", "/home")]
    [InlineData("Identity", "/etc/ssh")]
    public void A_preset_is_kept_and_removed(string preset, string directory)
    {
        folder.Build("live.img");
        Assert.Contains(directory, folder.Session.Run($"(Set-RpiLivePersistence live.img -Preset {preset} -Label KEEP).KeepRules.Directory").Texts);
        Assert.Empty(folder.Session.Run($"(Remove-RpiLivePersistence live.img -Preset {preset}).KeepRules").Output);
    }

    [Fact]
    public void A_configuration_with_the_line_ends_of_Windows_is_read()
    {
        folder.Build("live.img");
        File.WriteAllText(folder["persistence.conf"], "# mine\r\n/home union\r\n/srv\r\n");
        Assert.Equal(
            ["/home (Overlay on usb)", "/srv (Bind on usb)"],
            folder.Session.Run("(Set-RpiLivePersistence live.img -ConfigurationFile persistence.conf -Label A).KeepRules").Texts);
    }

    [Theory]
    [InlineData("Set-RpiLivePersistence live.img srv -Label A")]
    [InlineData("Set-RpiLivePersistence live.img /proc -Label A")]
    [InlineData("Set-RpiLivePersistence live.img /nothing/x -Label A")]
    [InlineData("Set-RpiLivePersistence live.img /srv")]
    [InlineData("Set-RpiLivePersistence live.img /srv -Target Partition")]
    [InlineData("Remove-RpiLivePersistence live.img /opt")]
    [InlineData("Remove-RpiLivePersistence live.img -Preset Home")]
    [InlineData("Add-RpiLiveZram live.img -Algorithm lz4")]
    public void The_target_of_an_error_is_the_image_and_it_says_what_to_do(string script)
    {
        folder.Build("live.img");
        System.Management.Automation.ErrorRecord error = Assert.Single(folder.Session.Run(script).Errors);
        Assert.Equal(folder["live.img"], error.TargetObject);
        Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
    }
}
