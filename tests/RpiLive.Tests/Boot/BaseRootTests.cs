using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Boot;

/// <summary>How the /init of a base image finds its root, in a sys and dev of the test.</summary>
public sealed class BaseRootTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public BaseRootTests()
    {
        Tools.Require("busybox");
        foreach (string part in (string[])["parts/00-base.sh", "base/10-root.sh"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder[part])!);
            File.WriteAllBytes(_folder[part], BootScripts.Read(part));
        }
        Disk("mmcblk0", 0x1234ABCD, ("mmcblk0p1", "1"), ("mmcblk0p2", "2"), ("mmcblk0p10", "10"));
        Disk("sda", 0x64C5F293, ("sda1", "1"), ("sda2", "2"));
        Disk("loop0", 0x64C5F293, ("loop0p2", "2"));
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("console=tty1 root=PARTUUID=64c5f293-02 rootwait", "sda2 /sbin/init")]
    [InlineData("root=PARTUUID=1234abcd-02", "mmcblk0p2 /sbin/init")]
    [InlineData("root=PARTUUID=1234abcd-0a init=/bin/sh", "mmcblk0p10 /bin/sh")]
    public void The_root_is_the_partition_of_the_disk_with_that_id(string words, string expected) => Assert.Equal(expected, Find(words));

    [Theory]
    [InlineData("root=PARTUUID=1234abcd-03", "none")]
    [InlineData("root=PARTUUID=deadbeef-02", "none")]
    [InlineData("root=/dev/mmcblk0p2", "failed: the kernel command line (cmdline.txt) has no root=PARTUUID=")]
    public void Another_root_is_not_taken(string words, string expected) => Assert.StartsWith(expected, Find(words), StringComparison.Ordinal);

    private string Find(string words)
    {
        Directory.CreateDirectory(_folder["proc"]);
        File.WriteAllText(_folder["proc/cmdline"], words + "\n");
        return Tools.Run("busybox", "sh", "-euc", $$"""
            SYS='{{_folder.Path}}/sys' DEV='{{_folder.Path}}/dev' PROC='{{_folder.Path}}/proc'
            . '{{_folder.Path}}/parts/00-base.sh'
            . '{{_folder.Path}}/base/10-root.sh'
            fail() { echo "failed: $*"; exit 0; }
            read_root_words
            if find_root; then echo "$root_name $root_init"; else echo none; fi
            """).Trim();
    }

    private void Disk(string name, uint id, params (string Name, string Number)[] partitions)
    {
        byte[] sector = new byte[512];
        BitConverter.TryWriteBytes(sector.AsSpan(440), id);
        Directory.CreateDirectory(_folder["dev"]);
        File.WriteAllBytes(_folder["dev/" + name], sector);
        foreach ((string partition, string number) in partitions)
        {
            Directory.CreateDirectory(_folder[$"sys/block/{name}/{partition}"]);
            File.WriteAllText(_folder[$"sys/block/{name}/{partition}/partition"], number + "\n");
            File.WriteAllBytes(_folder["dev/" + partition], []);
        }
    }
}
