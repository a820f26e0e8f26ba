namespace RpiLive.Tests.Module;

/// <summary>Several runspaces of one process that use the module at once.</summary>
public sealed class ParallelTests(LiveFolderFixture folder) : IClassFixture<LiveFolderFixture>
{
    private static readonly string[] s_names = ["p1.img", "p2.img", "p3.img", "p4.img"];

    [Fact]
    public void Several_images_are_made_at_once()
    {
        ModuleResult result = InParallel("New-RpiLiveImage \"$using:PWD/stock.img\" $path -CompressionLevel 1 -Force -WarningAction SilentlyContinue");
        Assert.Empty(result.Errors);
        Assert.Equal(s_names.Select(name => folder[name]), result.Texts.Order(StringComparer.Ordinal));
        Assert.All(s_names, name => Assert.Equal(["True"], folder.Session.Run($"Test-RpiLiveImage {name} -Quiet").Texts));
    }

    [Fact]
    public void Several_images_are_read_changed_and_tested_at_once()
    {
        foreach (string name in s_names)
            folder.Build(name);
        ModuleResult result = InParallel("""
            $image = Get-RpiLiveImage $path | Set-RpiLivePersistence -Directory /srv -Target Folder -Size 8MB | Add-RpiLiveZram -Percent 25
            "$_ $($image.KeepRules) $($image.Zram.Percent) $(Test-RpiLiveImage $path -Quiet)"
            """);
        Assert.Empty(result.Errors);
        Assert.Equal(s_names.Select(name => name + " /srv (Overlay on folder) 25 True"), result.Texts.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_image_of_one_session_goes_on_in_others()
    {
        foreach (string name in s_names)
            folder.Build(name);
        ModuleResult result = InParallel("$using:images | Where-Object Name -EQ $_ | Add-RpiLiveZram -Size 64MB | ForEach-Object { $_.Zram.Size }", "$images = Get-RpiLiveImage p?.img");
        Assert.Empty(result.Errors);
        Assert.Equal(s_names.Select(_ => (object)(64L << 20)), result.Output.Select(size => size.BaseObject));
        Assert.Empty(folder.Session.Run("$images.Where{ $null -ne $_.Zram }").Output);
    }

    [Fact]
    public void One_image_is_read_many_times_at_once()
    {
        ModuleResult result = InParallel("(Get-RpiLiveImage \"$using:PWD/live.img\").RootSha256");
        Assert.Empty(result.Errors);
        Assert.Equal(s_names.Length, result.Output.Count);
        Assert.Single(result.Texts.Distinct());
    }

    /// <summary>Runs a script for each name, with the name as $_ and its full path as $path, all at once.</summary>
    private ModuleResult InParallel(string script, string before = "") => folder.Session.Run($$"""
        {{before}}
        '{{string.Join("', '", s_names)}}' | ForEach-Object -ThrottleLimit {{s_names.Length}} -Parallel {
            Import-Module '{{Subjects.Module}}'
            $path = "$using:PWD/$_"
            {{script}}
        }
        """);
}
