using RpiLive.Tests.Editing;

namespace RpiLive.Tests.Module;

/// <summary>-WhatIf and -Confirm of every cmdlet that writes images.</summary>
public sealed class WhatIfTests(LiveFolderFixture folder) : IClassFixture<LiveFolderFixture>
{
    [Theory]
    [InlineData("New-RpiLiveImage stock.img live.img -Force -WhatIf")]
    [InlineData("New-RpiLiveImage stock.img new.img -WhatIf")]
    [InlineData("New-RpiLiveImage stock.img new/ -WhatIf")]
    [InlineData("Set-RpiLivePersistence live.img /srv -Target Folder -Size 8MB -WhatIf")]
    [InlineData("Get-RpiLiveImage live.img | Set-RpiLivePersistence -Directory /srv -Target Usb -Label KEEP -WhatIf")]
    [InlineData("Remove-RpiLivePersistence live.img -All -WhatIf")]
    [InlineData("Add-RpiLiveZram live.img -Percent 10 -Force -WhatIf")]
    [InlineData("Remove-RpiLiveZram live.img -WhatIf")]
    [InlineData("$WhatIfPreference = $true; Remove-RpiLiveZram live.img; $WhatIfPreference = $false")]
    public void Nothing_is_written(string script)
    {
        Assert.Empty(folder.Session.Run("Set-RpiLivePersistence live.img /home -Target Partition -Size 8MB | Add-RpiLiveZram -Force").Errors);
        (long, DateTime, string) before = State();
        string[] files = Directory.GetFileSystemEntries(folder.Session.Folder);
        ModuleResult result = folder.Session.Run(script);
        Assert.Empty(result.Errors);
        Assert.Empty(result.Output);
        Assert.Equal(before, State());
        Assert.Equal(files, Directory.GetFileSystemEntries(folder.Session.Folder));
    }

    [Fact]
    public void It_is_known_to_every_cmdlet_that_writes_images_and_to_no_other()
    {
        ModuleResult result = folder.Session.Run("(Get-Module RpiLive).ExportedCmdlets.Values.Where{ $_.Parameters.ContainsKey('WhatIf') -and $_.Parameters.ContainsKey('Confirm') }.Name");
        Assert.Equal(["Add-RpiLiveZram", "New-RpiBaseImage", "New-RpiLiveImage", "Remove-RpiLivePersistence", "Remove-RpiLiveZram", "Set-RpiLivePersistence"], result.Texts.Order());
    }

    /// <summary>The session has nobody to ask: a question would be an error.</summary>
    [Fact]
    public void Confirm_false_asks_nothing()
    {
        ModuleResult result = folder.Session.Run("""
            $ConfirmPreference = 'Low'
            New-RpiLiveImage stock.img confirmed.img -CompressionLevel 1 -Confirm:$false | Set-RpiLivePersistence -Preset Logs -Label LOGS -Confirm:$false |
                Add-RpiLiveZram -Confirm:$false | Remove-RpiLivePersistence -All -Confirm:$false | Remove-RpiLiveZram -Confirm:$false
            $ConfirmPreference = 'High'
            """);
        Assert.Empty(result.Errors);
        Assert.Equal(folder["confirmed.img"], ((RpiLiveImage)Assert.Single(result.Output).BaseObject).Path);
    }

    private (long Length, DateTime Written, string Settings) State()
    {
        FileInfo file = new(folder["live.img"]);
        return (file.Length, file.LastWriteTimeUtc, Judges.ReadSettings(file.FullName));
    }
}
