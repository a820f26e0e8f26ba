using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Boot;

/// <summary>
/// The parts of /init under the host's busybox, in a made-up machine: sys, proc, dev, run, etc and root are directories of a
/// temporary folder.
/// </summary>
internal sealed class BootShell : IDisposable
{
    /// <summary>Exit code of a script that ended in fail().</summary>
    public const int Stopped = 42;

    private readonly TemporaryFolder _folder = new();

    public BootShell()
    {
        Tools.Require("env");
        foreach (string path in (string[])["sys/class/block", "sys/devices", "proc/sys/kernel/random", "dev", "run/rpilive", "etc", "root/etc", "parts", "bin", "tools"])
            Directory.CreateDirectory(this[path]);
        foreach (string part in BootScripts.Parts())
            File.WriteAllBytes(this[part], BootScripts.Read(part));
        foreach (string applet in BusyBox.RequiredApplets)
            File.CreateSymbolicLink(this["bin/" + applet], BusyBoxPath);
        this.Write("etc/build", "version=1.2.3\nflavour=v8\nrelease=6.12.47+rpt-rpi-v8\nvolume=ABCD-1234\n");
        this.Write("etc/modules", "");
        this.Write("dev/console", "");
        this.Write("proc/uptime", "100.50 200.00\n");
        this.Write("proc/meminfo", "MemTotal:        1000000 kB\nMemFree:          700000 kB\nMemAvailable:     800000 kB\n");
        this.Write("proc/cmdline", "console=tty1\n");
        this.Write("proc/cpuinfo", "processor\t: 0\n");
        this.Write("proc/sys/kernel/random/uuid", "01234567-89ab-4cde-8f01-23456789abcd\n");
    }

    /// <summary>The host's busybox; a test that asks for it where there is none is skipped.</summary>
    public static string BusyBoxPath
    {
        get
        {
            string? path = ((string[])["/bin/busybox", "/usr/bin/busybox"]).FirstOrDefault(File.Exists);
            Assert.SkipWhen(path is null, "busybox is not installed here.");
            return path;
        }
    }

    /// <summary>A path of the machine on the host.</summary>
    public string this[string path] => _folder[path];

    /// <summary>All that went to the console.</summary>
    public string Console => File.ReadAllText(this["dev/console"]);

    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[path])!);
        File.WriteAllText(this[path], text);
    }

    public void Write(string path, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[path])!);
        File.WriteAllBytes(this[path], bytes);
    }

    /// <summary>A block device with its entries in sysfs; a partition is named DISKpN or DISKN.</summary>
    public void AddBlockDevice(string name, byte[] content, string? disk = null, int partition = 0)
    {
        string device = disk is null ? "sys/devices/" + name : $"sys/devices/{disk}/{name}";
        Write(device + "/size", "2048\n");
        if (disk is not null)
            Write(device + "/partition", partition + "\n");
        File.CreateSymbolicLink(this["sys/class/block/" + name], this[device]);
        Write("dev/" + name, content);
    }

    /// <summary>Runs a script after the parts; fails the test unless it ends well. Returns standard output and error.</summary>
    public string Run(string script)
    {
        (int exitCode, string output) = TryRun(script);
        Assert.True(exitCode == 0, $"exited {exitCode}:\n{output}\n{Console}");
        return output;
    }

    /// <summary>As <see cref="Run"/>, for scripts that may stop.</summary>
    public (int ExitCode, string Output) TryRun(string script) => TryRun([BusyBoxPath, "sh"], script);

    /// <summary>Runs a script in another shell, for which the commands really are only those in its PATH.</summary>
    public (int ExitCode, string Output) TryRun(string[] interpreter, string script)
    {
        string sources = string.Join('\n', BootScripts.Parts().Select(part => $". '{this[part]}'"));
        Write("script", $$"""
            set -u
            SYS='{{this["sys"]}}' PROC='{{this["proc"]}}' DEV='{{this["dev"]}}' ETC='{{this["etc"]}}' TOOLS='{{this["tools"]}}' ROOT='{{this["root"]}}'
            RUN='{{this["run"]}}' STATE='{{this["run/rpilive"]}}'
            {{sources}}
            give_up() { exit {{Stopped}}; }
            default_options
            find_consoles
            {{script}}
            """.ReplaceLineEndings("\n"));
        return Tools.TryRun("env", ["-i", "PATH=" + this["bin"], .. interpreter, this["script"]]);
    }

    public void Dispose() => _folder.Dispose();
}
