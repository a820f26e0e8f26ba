using System.Text.RegularExpressions;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Debian.Support;
using RpiLive.Tests.Imaging;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Module;

/// <summary>Every command line of README and of the help pages runs as it stands there, on small images of the names that it uses.</summary>
public sealed partial class ExampleTests(ExampleTests.Images images) : IClassFixture<ExampleTests.Images>, IDisposable
{
    /// <summary>Commands of PowerShell's own modules that the engine alone lacks, as far as the examples use them.</summary>
    private const string StandIns = """
        function Get-ChildItem([string] $Path) {
            $full = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath('.')
            [System.IO.Directory]::GetFiles([System.IO.Path]::Combine($full, [System.IO.Path]::GetDirectoryName($Path)), [System.IO.Path]::GetFileName($Path)) |
                ForEach-Object { [System.IO.FileInfo]::new($_) }
        }
        function Get-Content([string] $Path) {
            [System.IO.File]::ReadAllText($ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path))
        }
        function Format-List([Parameter(ValueFromPipeline)] $InputObject) { process { $InputObject } }
        # The kernels of small images start nowhere; their boot fails as soon as it may.
        $PSDefaultParameterValues['Test-RpiLiveImage:BootTimeoutSeconds'] = 10

        """;

    private readonly ModuleSession _session = new();

    public static TheoryData<string, int, string> Examples { get; } =
    [
        .. new[] { "README.md" }.Concat(Directory.GetFiles(Path.Join(Subjects.Repository, "docs", "en-US"), "*-*.md").Order(StringComparer.Ordinal))
            .Select(file => Path.Join(file == "README.md" ? Subjects.Repository : Path.Join(Subjects.Repository, "docs", "en-US"), Path.GetFileName(file)))
            .SelectMany(file => Code().Matches(File.ReadAllText(file).ReplaceLineEndings("\n"))
                .Select((match, index) => new TheoryDataRow<string, int, string>(Path.GetFileName(file), index + 1, match.Groups[1].Value))),
    ];

    public void Dispose() => _session.Dispose();

    [Fact]
    public void There_are_examples_in_every_page() => Assert.Equal(10, Examples.Select(row => row.Data.Item1).Distinct().Count());

    [Theory]
    [MemberData(nameof(Examples))]
    public void It_runs_as_it_stands(string page, int number, string code)
    {
        // build.ps1 -Task Test -Package and PackageTests do this, with the commands that it needs.
        Assert.SkipWhen(code.Contains("PSResource", StringComparison.Ordinal), $"{page}, example {number}: to install is tested by PackageTests.");
        string folder = Directory.CreateDirectory(Path.Join(_session.Folder, "images")).FullName;
        Directory.CreateDirectory(Path.Join(_session.Folder, "scratch"));
        images.Put(code, folder);
        FakeDebian debian = images.Debian;
        code = code.Replace("http://mirror.example/debian-security", debian.Mirror.Root.ToString(), StringComparison.Ordinal)
            .Replace("http://mirror.example/debian", debian.Mirror.Root.ToString(), StringComparison.Ordinal).Replace(@"D:\cache", debian.Cache, StringComparison.Ordinal);
        string mirror = $"""
            $PSDefaultParameterValues['New-RpiBaseImage:Mirror'] = '{debian.Mirror.Root}'
            $PSDefaultParameterValues['New-RpiBaseImage:SecurityMirror'] = '{debian.Mirror.Root}'
            $PSDefaultParameterValues['New-RpiBaseImage:KeyringPath'] = '{debian.Keyring}'
            $PSDefaultParameterValues['New-RpiBaseImage:CachePath'] = '{debian.Cache}'

            """;
        ModuleResult result = _session.Run($"$null = $ExecutionContext.SessionState.Path.SetLocation('images')\n{StandIns}{mirror}{code}");
        Assert.Empty(result.Errors);
        // What asks for faults, or for nothing to be done, has nothing to show.
        Assert.True(result.Output.Count > 0 || Silent().IsMatch(code));
    }

    [GeneratedRegex("^```powershell\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex("-WhatIf|^if |-EQ Failed")]
    private static partial Regex Silent();

    /// <summary>Files of the names that examples use.</summary>
    public sealed partial class Images : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        /// <summary>What base images are made of.</summary>
        internal FakeDebian Debian { get; } = new();

        public Images()
        {
            Tools.Require("xz");
            SyntheticStock stock = SyntheticStock.FullDebian();
            stock.Root.With("etc/NetworkManager/system-connections/home.nmconnection", "x").With("opt/readme", "x");
            string path = stock.Write(_folder);
            Tools.Shell($"xz -1 -k '{path}'");
        }

        public void Dispose()
        {
            _folder.Dispose();
            Debian.Dispose();
        }

        /// <summary>Puts there what a script names, and nothing else that a wildcard of it could find.</summary>
        public void Put(string code, string folder)
        {
            foreach (string name in StockName().Matches(code).Select(match => match.Value).Append("raspios.img").Distinct())
            {
                if (code.Contains(name, StringComparison.Ordinal))
                    File.Copy(_folder[name.EndsWith(".xz", StringComparison.Ordinal) ? "stock.img.xz" : "stock.img"], Path.Join(folder, name), overwrite: true);
            }
            File.WriteAllText(Path.Join(folder, "raspios.img.xz.sha256"), $"{Hash(_folder["stock.img.xz"])}  raspios.img.xz\n");
            File.WriteAllText(Path.Join(folder, "persistence.conf"), "/srv union\n");
            File.WriteAllText(Path.Join(Directory.CreateDirectory(Path.Join(folder, "app")).FullName, "app.sh"), "#!/bin/sh\n");
            Directory.CreateDirectory(Path.Join(folder, "stock"));
            File.Copy(_folder["stock.img"], Path.Join(folder, "stock", "raspios.img"));
            if (code.Contains("-live.img", StringComparison.Ordinal))
                MakeLive(Path.Join(folder, "raspios-live.img"));
            else if (!MakesLive().IsMatch(code))
                MakeLive(Path.Join(folder, "live.img"));
        }

        /// <summary>A live image that keeps something already.</summary>
        private void MakeLive(string path)
        {
            using ModuleSession session = new();
            Assert.Empty(session.Run($"""
                New-RpiLiveImage -LiteralPath '{_folder["stock.img"]}' -DestinationPath '{path}' -CompressionLevel 1 -WarningAction Ignore |
                    Set-RpiLivePersistence -Directory /var/log -Target Usb -Label OLD -StoreName usb | Set-RpiLivePersistence -Preset Home
                """).Errors);
        }

        private static string Hash(string path)
        {
            using FileStream stream = File.OpenRead(path);
            return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(stream));
        }

        [GeneratedRegex(@"(?<![\w./-])(?:\d{4}-\d\d-\d\d-)?(?:raspios|stock)[\w-]*\.img(?:\.xz)?\b(?!\.sha256)")]
        private static partial Regex StockName();

        [GeneratedRegex(@"New-RpiLiveImage \S+ live\.img")]
        private static partial Regex MakesLive();
    }
}
