using System.Diagnostics;

namespace RpiLive.Tests.Support;

/// <summary>Programs of the host that judge our output. A test whose judge is not installed is skipped with the reason.</summary>
internal static class Tools
{
    /// <summary>Skips the running test unless every named program is on the PATH.</summary>
    public static void Require(params ReadOnlySpan<string> programs)
    {
        foreach (string program in programs)
            Assert.SkipUnless(Exists(program), $"{program} is not installed here.");
    }

    /// <summary>True when every named program is on the PATH.</summary>
    public static bool Have(params string[] programs) => programs.All(Exists);

    /// <summary>Skips the running test unless it runs as root on Linux, as loop mounts need.</summary>
    public static void RequireRoot() => Assert.SkipUnless(
        OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Needs root on Linux.");

    /// <summary>Runs a program, fails the test unless it exits 0, and returns what it printed.</summary>
    public static string Run(string program, params ReadOnlySpan<string> arguments)
    {
        (int exitCode, string output) = TryRun(program, arguments);
        Assert.True(exitCode == 0, $"{program} {string.Join(' ', arguments)} exited {exitCode}:\n{output}");
        return output;
    }

    /// <summary>Runs a program and returns its exit code with standard output and standard error as one text.</summary>
    public static (int ExitCode, string Output) TryRun(string program, params ReadOnlySpan<string> arguments)
    {
        ProcessStartInfo start = new(program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["MTOOLS_SKIP_CHECK"] = "1";
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    /// <summary>Runs a line of shell and returns what it printed; fails the test unless it exits 0.</summary>
    public static string Shell(string script) => Run("sh", "-euc", script);

    private static bool Exists(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Append("/usr/sbin").Append("/sbin").Any(folder => File.Exists(Path.Join(folder, program)));
}
