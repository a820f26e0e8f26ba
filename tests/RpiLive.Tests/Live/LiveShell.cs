using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Live;

/// <summary>The command rpilive under the host's shell, on a made-up live system: sys, proc and /run/rpilive are directories of a temporary folder.</summary>
internal sealed class LiveShell : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public LiveShell()
    {
        Tools.Require("sh", "stat", "sed", "awk", "find");
        foreach (string path in (string[])["sys/block", "sys/class/block", "proc", "run/facts", "run/upper/root", "run/lower", "command"])
            Directory.CreateDirectory(this[path]);
        foreach (string part in BootScripts.CommandParts().Append("parts/05-json.sh"))
            File.WriteAllBytes(this["command/" + Path.GetFileName(part)], BootScripts.Read(part));
        Write("proc/uptime", "321.50 200.00\n");
        Write("proc/meminfo", "MemTotal:        1000000 kB\nMemFree:          700000 kB\nMemAvailable:     800000 kB\n");
        Write("proc/swaps", "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
        Write("proc/mounts", "");
        foreach ((string name, string value) in new[]
        {
            ("version", "1.2.3"), ("flavour", "v8"), ("board", "Raspberry Pi 3 Model B"), ("root_mode", "Ram"), ("root_requested", "Auto"), ("root_reason", "it fits"),
            ("squashfs_bytes", "239075328"), ("squashfs_sha256", new string('a', 64)), ("squashfs_verified", "true"), ("medium_device", "mmcblk0p1"), ("medium_disk", "mmcblk0"),
            ("medium_uuid", "ABCD-1234"), ("medium_label", "bootfs"), ("zram_asked", "off"), ("zram_device", ""), ("persistence", "on"), ("persistence_reason", ""),
        })
        {
            Write("run/facts/" + name, value + "\n");
        }
        AddDisk("mmcblk0", 8000, 0);
    }

    /// <summary>A path of the machine on the host.</summary>
    public string this[string path] => _folder[path];

    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[path])!);
        File.WriteAllText(this[path], text);
    }

    /// <summary>A disk with what was read and written, in sectors.</summary>
    public void AddDisk(string name, long read, long written)
    {
        Write($"sys/block/{name}/stat", $"  10  0  {read}  5  20  0  {written}  5  0  0  0\n");
        Write("sys/class/block/" + name, "");
    }

    /// <summary>A store as /init leaves it.</summary>
    public void AddStore(string name, string kind, string state, string device, string? mount)
    {
        foreach ((string property, string value) in new[] { ("kind", kind), ("state", state), ("device", device) })
            Write($"run/conf/stores/{name}/{property}", value + "\n");
        Directory.CreateDirectory(this["run/stores/" + name]);
        if (mount is not null)
            File.AppendAllText(this["proc/mounts"], $"/dev/{device} {this["run/stores/" + name]} ext4 {mount},noatime 0 0\n");
    }

    /// <summary>Zram as the kernel shows it: KiB of its size and use, bytes before and after compression.</summary>
    public void AddZram(bool isActive, long data, long memory)
    {
        Write("run/facts/zram_asked", "50%\n");
        Write("run/facts/zram_device", "zram0\n");
        Write("sys/block/zram0/mm_stat", $"  {data} {memory / 2} {memory} 0 0 0 0 0 0\n");
        Write("sys/block/zram0/comp_algorithm", "lzo [zstd]\n");
        if (isActive)
            File.AppendAllText(this["proc/swaps"], "/dev/zram0                              partition\t500000\t\t1000\t\t77\n");
    }

    /// <summary>Runs rpilive with arguments; <paramref name="prelude"/> can put functions in the place of programs.</summary>
    public (int ExitCode, string Output) Run(string arguments, string prelude = "", string shell = "sh")
    {
        string sources = string.Join('\n', BootScripts.CommandParts().Append("x/05-json.sh").Select(part => $". '{this["command/" + Path.GetFileName(part)]}'"));
        Write("script", $$"""
            set -u
            export LC_ALL=C
            SYS='{{this["sys"]}}' PROC='{{this["proc"]}}' STATE='{{this["run"]}}' COMMAND='{{this["command"]}}'
            {{sources}}
            {{prelude}}
            main {{arguments}}
            """.ReplaceLineEndings("\n"));
        return shell == "busybox" ? Tools.TryRun(BootShell.BusyBoxPath, ["sh", this["script"]]) : Tools.TryRun(shell, [this["script"]]);
    }

    public void Dispose() => _folder.Dispose();
}
