using System.Text.Json;
using RpiLive.Core.Testing.Boot;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Live;

/// <summary>rpilive report under the host's shell, with systemctl made up, understood by what reads it in a test of an image.</summary>
public sealed class ReportTests
{
    [Theory]
    [InlineData("restart", "reboot")]
    [InlineData("poweroff", "poweroff")]
    public void The_console_gets_state_failed_units_and_the_marks_of_the_report_before(string word, string command)
    {
        using LiveShell shell = new();
        shell.Write("proc/mounts", "overlay / overlay rw 0 0\ntmpfs /run tmpfs rw 0 0\n");
        shell.Write("proc/cmdline", $"console=ttyAMA0 rpilive.report={word} quiet\n");
        foreach (string folder in (string[])["home", "kept", "dev"])
            Directory.CreateDirectory(shell[folder]);
        JsonElement first = Report(shell);
        Schemas.Check("rpilive-report", first);
        Assert.Equal(("degraded", "active", "overlay"), (Text(first, "system"), Text(first, "targetState"), Text(first, "rootType")));
        Assert.Equal(["bad.service", "worse.mount"], Texts(first, "failedUnits"));
        Assert.Empty(Texts(first, "marks"));
        Assert.Equal(command + "\n", File.ReadAllText(shell["asked"]));

        File.Delete(Path.Join(shell["home"], ".rpilive-report"));
        Assert.Equal([shell["kept"]], Texts(Report(shell), "marks"));
    }

    private static JsonElement Report(LiveShell shell)
    {
        File.WriteAllText(shell["dev/console"], "");
        (int exitCode, string output) = shell.Run("report", $$"""
            DEV='{{shell["dev"]}}'
            id() { printf '0\n'; }
            sleep() { :; }
            report_directories() { printf '%s\n' '{{shell["home"]}}' '{{shell["kept"]}}'; }
            systemctl() {
                case $1 in
                    is-system-running) printf 'degraded\n' ;;
                    get-default) printf 'multi-user.target\n' ;;
                    is-active) printf 'active\n' ;;
                    list-units) printf 'bad.service loaded failed failed A bad one\nworse.mount loaded failed failed Another\n' ;;
                    *) printf '%s\n' "$1" >'{{shell["asked"]}}' ;;
                esac
            }
            """);
        Assert.True(exitCode == 0, output);
        GuestReport report = new();
        string[] lines = File.ReadAllLines(shell["dev/console"]);
        foreach (string line in lines)
            report.Take(line);
        return report.System ?? throw new InvalidDataException(string.Join('\n', lines));
    }

    private static string Text(JsonElement report, string name) => report.GetProperty(name).GetString()!;

    private static IEnumerable<string> Texts(JsonElement report, string name) => report.GetProperty(name).EnumerateArray().Select(item => item.GetString()!);
}
