using System.Diagnostics;
using System.Globalization;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Module;

/// <summary>The staged module in a process of its own on the stock image that RPILIVE_STOCK_IMAGE names.</summary>
public sealed class RealImageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_stock_image_becomes_a_live_image_with_no_codec_in_the_default_context()
    {
        HostResult result = HostProcess.Run($$"""
            $made = New-RpiLiveImage -LiteralPath '{{StockImage()}}' -DestinationPath out/ -CompressionLevel 1 -ProgressAction SilentlyContinue
            $opened = $made | Get-RpiLiveImage
            foreach ($property in $made.PSObject.Properties | Where-Object { $_.Name -ne 'Warnings' }) {
                if ("$($property.Value)" -ne "$($opened.($property.Name))") { "differs: $($property.Name)" }
            }
            $made.Path
            $made.Length
            [System.Runtime.Loader.AssemblyLoadContext]::Default.Assemblies.GetName().Name | Where-Object { $_ -in 'RpiLive.Codecs', 'ZstdSharp' }
            """, folder: _folder.Path);
        Assert.True(result.ExitCode == 0, result.Error);
        string expected = _folder[Path.Join("out", Path.GetFileNameWithoutExtension(StockImage()) + "-live.img")];
        Assert.Equal($"{expected}\n{new FileInfo(expected).Length}\n", result.Output);
        Assert.Equal([expected], Directory.GetFiles(_folder["out"]));
    }

    [Fact]
    public void Ctrl_C_stops_a_build_within_seconds_and_leaves_nothing()
    {
        Tools.Require("kill");
        using Process process = HostProcess.Start(
            [$"New-RpiLiveImage -LiteralPath '{StockImage()}' -DestinationPath live.img -CompressionLevel 19 -Verbose"], _folder.Path);
        string? line;
        do
            line = process.StandardError.ReadLine();
        while (line is not (null or "VERBOSE: Compressing the root."));
        Assert.NotNull(line);
        Tools.Run("kill", "-INT", process.Id.ToString(CultureInfo.InvariantCulture));
        Stopwatch watch = Stopwatch.StartNew();
        HostResult result = HostProcess.End(process);
        Assert.Equal(130, result.ExitCode);
        Assert.InRange(watch.ElapsedMilliseconds, 0, 5000);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    private static string StockImage()
    {
        string? path = Environment.GetEnvironmentVariable("RPILIVE_STOCK_IMAGE");
        Assert.SkipWhen(string.IsNullOrEmpty(path), "RPILIVE_STOCK_IMAGE names no image; tests/fixtures/make-debian-image.sh makes one.");
        return Path.GetFullPath(path);
    }
}
