using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using RpiLive.Core.Errors;

namespace RpiLive.Core.Testing.Boot;

/// <summary>A QEMU for Arm machines on the host.</summary>
/// <param name="Path">The program.</param>
/// <param name="Version">Its version.</param>
/// <param name="Machines">The machines that it has.</param>
/// <param name="Is64Bit">True where it runs 64-bit kernels.</param>
public sealed partial record QemuProgram(string Path, Version Version, IReadOnlySet<string> Machines, bool Is64Bit)
{
    /// <summary>The first version that waits when a machine is off (<c>-action</c>).</summary>
    public const int LeastMajor = 6;

    private const int AnswerSeconds = 20;

    private static readonly string[] s_names = ["qemu-system-aarch64", "qemu-system-arm"];

    /// <summary>Where QEMU is installed without being on the PATH.</summary>
    private static readonly string[] s_folders = [@"C:\Program Files\qemu", @"C:\msys64\ucrt64\bin", "/opt/homebrew/bin", "/usr/local/bin", "/opt/local/bin"];

    /// <summary>Looks for one on the PATH and in the usual folders; the 64-bit one runs both kinds of kernels.</summary>
    /// <param name="cancellation">Ends the asking.</param>
    /// <returns>Null where there is none that answers.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static QemuProgram? Find(CancellationToken cancellation = default)
    {
        IEnumerable<string> folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Concat(s_folders);
        string ending = OperatingSystem.IsWindows() ? ".exe" : "";
        foreach (string name in s_names)
        {
            foreach (string path in folders.Select(folder => System.IO.Path.Join(folder, name + ending)).Where(File.Exists))
            {
                if (Ask(path, cancellation) is { } program)
                    return program;
            }
        }
        return null;
    }

    /// <summary>The program at a path.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="cancellation">Ends the asking.</param>
    /// <exception cref="ImageException"><see cref="ErrorIds.QemuUnusable"/>.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static QemuProgram At(string path, CancellationToken cancellation = default) => Ask(path, cancellation) ?? throw new ImageException(
        ErrorIds.QemuUnusable, ImageErrorKind.Unsupported, $"{path}: is no qemu-system-aarch64 or qemu-system-arm that runs here.",
        "Give the path of the program, such as one of QEMU for Windows from qemu.org, or leave -QemuPath away.");

    private static QemuProgram? Ask(string path, CancellationToken cancellation)
    {
        if (Run(path, "--version", cancellation) is not { } version || VersionText().Match(version) is not { Success: true } match || Run(path, "-machine help", cancellation) is not { } list)
            return null;
        HashSet<string> machines = [.. list.Split('\n').Select(line => line.Split(' ', 2)[0])];
        return machines.Contains("raspi2b") || machines.Contains("virt")
            ? new(path, Version.Parse(match.Groups[1].Value), machines, Run(path, "-cpu help", cancellation)?.Contains("cortex-a53", StringComparison.Ordinal) == true)
            : null;
    }

    private static string? Run(string path, string arguments, CancellationToken cancellation)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardInput = true, RedirectStandardError = true, UseShellExecute = false, CreateNoWindow = true })!;
            process.StandardInput.Close();
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            Task<string> text = process.StandardOutput.ReadToEndAsync(cancellation);
            try
            {
                if (text.Wait((int)TimeSpan.FromSeconds(AnswerSeconds).TotalMilliseconds, cancellation) && process.WaitForExit(TimeSpan.FromSeconds(AnswerSeconds)) && process.ExitCode == 0)
                    return text.Result;
                return null;
            }
            finally
            {
                if (!process.HasExited)
                    process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception error) when (error is Win32Exception or InvalidOperationException or IOException)
        {
            return null;
        }
    }

    /// <summary>Program and version, such as <c>qemu-system-aarch64 7.2.22</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{System.IO.Path.GetFileNameWithoutExtension(Path)} {Version}");

    [GeneratedRegex(@"^QEMU emulator version (\d+\.\d+(\.\d+)?)")]
    private static partial Regex VersionText();
}
