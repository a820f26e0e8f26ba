using System.Globalization;
using System.Text;
using RpiLive.Host;

const string Usage = """
    Usage: RpiLive.Host            makes a small Debian image of packages from the network, a live image of it (rpilive-live.img in
                                   this folder), and starts that in QEMU where there is one
           RpiLive.Host COMMAND
           RpiLive.Host -          reads the command from standard input

    Runs a PowerShell command line with the RpiLive module loaded, for example
        RpiLive.Host "New-RpiLiveImage raspios.img live.img -Verbose"
        RpiLive.Host "Get-Help New-RpiLiveImage"
    RPILIVE_MODULE in the environment takes the place of the module that the build has staged: the path of
    a manifest, or the name of a module on the PSModulePath.
    Exit codes: 0 done, 1 an error was shown, 2 wrong usage, 130 stopped by Ctrl-C.
    """;

if (args is ["-?" or "-h" or "--help" or "/?"])
{
    Console.Out.WriteLine(Usage);
    return ExitCodes.Done;
}
string command = args switch
{
    [] => await ReadTryAsync(),
    ["-"] => await Console.In.ReadToEndAsync(),
    _ => string.Join(' ', args),
};
if (string.IsNullOrWhiteSpace(command))
{
    await Console.Error.WriteLineAsync(Usage);
    return ExitCodes.Usage;
}
CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en-US");
if (OperatingSystem.IsWindows())
    Console.OutputEncoding = Encoding.UTF8;
return new CommandRunner().Run(command);

static async Task<string> ReadTryAsync()
{
    using StreamReader reader = new(typeof(CommandRunner).Assembly.GetManifestResourceStream("try.ps1")!);
    return await reader.ReadToEndAsync();
}
