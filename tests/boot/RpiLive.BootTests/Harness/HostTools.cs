using System.Diagnostics;
using System.Text;

namespace RpiLive.BootTests.Harness;

/// <summary>The programs of the host that a boot test needs, and how to run them.</summary>
internal static class HostTools
{
    public const string Qemu = "qemu-system-aarch64";
    public const string QemuImg = "qemu-img";
    public const string MCopy = "mcopy";

    /// <summary>Why no guest can run here, or null.</summary>
    public static string? Missing()
    {
        if (!OperatingSystem.IsLinux())
            return "boot tests need a Linux host";
        string[] absent = [.. new[] { Qemu, QemuImg, MCopy, "mmd", "mke2fs", "e2fsck", "mkfs.vfat", "fsck.vfat" }.Where(tool => Find(tool) is null)];
        return absent.Length == 0 ? null : "not installed: " + string.Join(", ", absent);
    }

    /// <summary>Runs a program to its end and returns its standard output; throws when it fails.</summary>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancel)
    {
        (int status, string output, string error) = await TryRunAsync(program, arguments, cancel);
        return status == 0 ? output : throw new InvalidOperationException($"{program} ended with {status}: {error.Trim()}");
    }

    public static async Task<(int Status, string Output, string Error)> TryRunAsync(
        string program, IEnumerable<string> arguments, CancellationToken cancel)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(TimeSpan.FromMinutes(5));
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        // mtools would otherwise refuse a volume whose geometry differs from its guess, and read the user's own settings.
        start.Environment["MTOOLS_SKIP_CHECK"] = "1";
        start.Environment["MTOOLSRC"] = "/dev/null";
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("could not start " + program);
        process.StandardInput.Close();
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>The path of a program, or null where it is not installed.</summary>
    public static string? Find(string tool) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Select(directory => Path.Combine(directory, tool))
            .FirstOrDefault(File.Exists);
}
