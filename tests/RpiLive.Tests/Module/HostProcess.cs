using System.Diagnostics;

namespace RpiLive.Tests.Module;

/// <summary>Runs the built host as a process of its own.</summary>
internal static class HostProcess
{
    public static HostResult Run(string command, string? input = null, string? folder = null, IReadOnlyDictionary<string, string>? environment = null) =>
        Run([command], input, folder, environment);

    public static HostResult Run(
        string[] arguments, string? input = null, string? folder = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        using Process process = Start(arguments, folder, environment);
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        return End(process);
    }

    public static Process Start(string[] arguments, string? folder = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        ProcessStartInfo start = new("dotnet", [Subjects.Host, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public static HostResult End(Process process)
    {
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(TimeSpan.FromMinutes(2)))
        {
            process.Kill();
            Assert.Fail("The host did not end: " + output + error.Result);
        }
        return new HostResult(process.ExitCode, output.ReplaceLineEndings("\n"), error.Result.ReplaceLineEndings("\n"));
    }
}
