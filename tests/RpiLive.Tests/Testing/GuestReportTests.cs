using System.Security.Cryptography;
using System.Text;
using RpiLive.Core.Testing.Boot;
using RpiLive.Tests.Boot;

namespace RpiLive.Tests.Testing;

public sealed class GuestReportTests
{
    [Fact]
    public void Init_prints_what_is_understood()
    {
        using BootShell shell = new();
        string lines = shell.Run("""report_line boot '{"rootMode":"Ram","reason":"a \" b"}'""");
        GuestReport report = new();
        foreach (string line in lines.Split('\n'))
            report.Take(line + "\r");
        Assert.Equal("Ram", GuestReport.Text(GuestReport.Get(report.Boot, "rootMode")));
        Assert.True(report.HasKernel);
    }

    [Fact]
    public void Lines_that_others_printed_into_are_passed_over()
    {
        GuestReport report = new();
        string good = Line("system", "{\"system\":\"running\"}");
        report.Take(good.Replace("running", "run[ 12.3] usb 1-1: new devicening", StringComparison.Ordinal));
        Assert.Null(report.System);
        report.Take("[   12.3] something " + good);
        Assert.Equal("running", GuestReport.Text(GuestReport.Get(report.System, "system")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("@rpilive ")]
    [InlineData("@rpilive boot")]
    [InlineData("@rpilive boot abc {}")]
    public void Other_lines_do_no_harm(string line)
    {
        GuestReport report = new();
        report.Take(line);
        report.Take(Line("boot", "{"));
        report.Take(Line("failed", "[1,2]"));
        Assert.Null(report.Boot);
        Assert.Null(report.Failure);
        Assert.Null(GuestReport.Get(report.Event("failed"), "x", "y"));
        Assert.Equal(0, GuestReport.Number(report.Event("failed")));
    }

    private static string Line(string name, string json) =>
        $"@rpilive {name} {Convert.ToHexStringLower(SHA256.HashData(Encoding.Latin1.GetBytes(json)))} {json}";
}
