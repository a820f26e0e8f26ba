using RpiLive.Core.SquashFs;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;
using RpiLive.Tests.RootEdits;
using RpiLive.Tests.SquashFs;

namespace RpiLive.Tests.Persistence;

/// <summary>Live roots as keep rules see them.</summary>
internal static class Roots
{
    /// <summary>The directories of a Raspberry Pi OS that rules are about, with its symbolic links.</summary>
    public static TestTree Trixie() => new TestTree()
        .File("etc/passwd", "root:x:0:0:root:/root:/bin/bash\npi:x:1000:1001:,,,:/home/pi:/bin/bash\nodd:x:y:z::/:\n")
        .File("etc/group", "root:x:0:\nadm:x:4:pi\npi:x:1001:\n")
        .File("etc/ssh/sshd_config").File("etc/NetworkManager/system-connections/x").File("etc/hostname", "pi\n")
        .Folder("home/pi", 0b111_000_000).Folder("root", 0b111_000_000).Folder("srv").Folder("tmp", 0b1_111_111_111).Folder("run").Folder("boot/firmware")
        .Folder("proc").Folder("sys").Folder("dev").Folder("usr/lib/modules/6.12").Folder("usr/lib/rpilive").Folder("usr/lib/firmware")
        .Folder("var/lib/systemd").Folder("var/lib/NetworkManager", 0b111_000_000).Folder("var/log/apt").Folder("var/cache").Folder("var/mail", 0b10_111_111_101)
        .Folder("var/drop", 0b1_111_111_111)
        .Link("/lib", "usr/lib").Link("var/run", "/run").Link("var/lock", "/run/lock").Link("var/spool/mail", "../mail").Link("var/dangling", "nowhere")
        .Link("srv/top", "/");

    public static SquashFsVolume Open(TestTree tree) => Open(tree.Root);

    public static SquashFsVolume Open(DirectoryNode root) => SquashFsVolume.Open(new MemorySource(Images.Write(root), "live.img"), Images.Codec);
}
