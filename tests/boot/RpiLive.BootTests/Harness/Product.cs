using System.Diagnostics;

namespace RpiLive.BootTests.Harness;

/// <summary>The cmdlets, run as a user runs them.</summary>
internal static class Product
{
    private static readonly string s_host = Path.Combine(FindTop(), "src", "RpiLive.Host", "bin", Configuration(), "net10.0", "RpiLive.Host.dll");

    /// <summary>Runs a command line with the module loaded; throws with its messages when it ends with an error.</summary>
    public static async Task RunAsync(string command, CancellationToken cancel)
    {
        using Process process = Start(command);
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancel), error = process.StandardError.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{command} ended with {process.ExitCode}: {await output}{await error}");
    }

    /// <summary>Starts a command line.</summary>
    public static Process Start(string command, params ReadOnlySpan<(string Name, string Value)> environment)
    {
        ProcessStartInfo start = new("dotnet", [s_host, command]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        Process process = Process.Start(start) ?? throw new InvalidOperationException("could not start dotnet");
        process.StandardInput.Close();
        return process;
    }

    /// <summary>A path as one argument of a command line.</summary>
    public static string Quoted(string path) => $"'{path.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string FindTop()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "RpiLive.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("these tests lie in no checkout of RpiLive");
    }

    /// <summary>Debug or Release, as these tests are built.</summary>
    private static string Configuration() => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
}
