using System.Diagnostics;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Module;

public sealed class HostTests
{
    [Fact]
    public void With_an_empty_command_it_says_how_it_is_used()
    {
        HostResult result = HostProcess.Run("-", input: " ");
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("Usage:", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
        Assert.Equal(0, HostProcess.Run("--help").ExitCode);
    }

    [Fact]
    public void Output_goes_to_standard_output_and_the_module_is_there()
    {
        HostResult result = HostProcess.Run("(Get-Module).Name; $PWD.Path", folder: Path.GetTempPath());
        Assert.Equal("RpiLive\n" + Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.GetTempPath())) + "\n", result.Output);
        Assert.Empty(result.Error);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public void A_command_can_come_from_standard_input()
    {
        HostResult result = HostProcess.Run("-", input: "1 + 1\n'two'\n");
        Assert.Equal("2\ntwo\n", result.Output);
        Assert.Equal(0, result.ExitCode);
    }

    [Theory]
    [InlineData("exit 7", 7)]
    [InlineData("New-RpiLiveImage missing.img live.img", 1)]
    [InlineData("New-RpiLiveImage missing.img live.img -ErrorAction SilentlyContinue", 0)]
    [InlineData("throw 'no'", 1)]
    [InlineData("if (", 1)]
    [InlineData("New-RpiLiveImage", 1)]
    public void The_exit_code_tells_whether_an_error_was_shown(string command, int exitCode)
    {
        HostResult result = HostProcess.Run(command);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Equal(exitCode == 1, result.Error.Length > 0);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void Errors_come_with_their_recommendation_and_without_colours()
    {
        HostResult result = HostProcess.Run("New-RpiLiveImage missing*.img live.img");
        Assert.Contains("New-RpiLiveImage: No file matches 'missing*.img'.", result.Error, StringComparison.Ordinal);
        Assert.Contains("Recommendation: Check the pattern;", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', result.Error);
    }

    [Fact]
    public void An_image_is_shown_as_a_row_with_human_sizes()
    {
        HostResult result = HostProcess.Run("""
            [pscustomobject]@{
                PSTypeName = 'RpiLive.RpiLiveImage'; Name = 'live.img'; Length = 734003200; RequiredMemory = 943718400
                RootMode = 'Auto'; Distribution = 'Raspberry Pi OS 13 (trixie)'; Architecture = 'arm64'
            }
            """);
        Assert.Empty(result.Error);
        string[] lines = [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim())];
        Assert.Equal(["Name", "Size", "RAM", "Root", "Distribution"], lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(
            "live.img 700 MiB 900 MiB Auto Raspberry Pi OS 13 (trixie), arm64",
            string.Join(' ', lines[2].Split(' ', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public void Help_is_there()
    {
        HostResult result = HostProcess.Run("Get-Help New-RpiLiveImage; Get-Help about_RpiLive");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Makes a live image out of a stock Raspberry Pi OS image.", result.Output, StringComparison.Ordinal);
        Assert.Contains("WHAT IS IN A LIVE IMAGE", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public void A_signal_stops_the_command_within_seconds(string signal, int exitCode)
    {
        Tools.Require("kill");
        using Process process = HostProcess.Start(["'ready'; $i = 0; while ($true) { $i++ }"]);
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        Tools.Run("kill", "-" + signal, process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Stopwatch watch = Stopwatch.StartNew();
        HostResult result = HostProcess.End(process);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Empty(result.Error);
        Assert.InRange(watch.ElapsedMilliseconds, 0, 5000);
    }
}
