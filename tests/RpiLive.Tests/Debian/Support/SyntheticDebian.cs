using System.Security.Cryptography;
using RpiLive.Core.Elf;
using RpiLive.Core.Imaging.Base;
using RpiLive.Core.Imaging.Facts;
using RpiLive.Core.Tree;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Imaging;
using RpiLive.Tests.Kernel;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Debian.Support;

/// <summary>A small Debian: for every package of a profile one of that name, with what the engine looks at and scripts as the real ones have.</summary>
internal static class SyntheticDebian
{
    public const string Release = "6.1.0-50-arm64";

    private const string Passwd = "root:*:0:0:root:/root:/bin/bash\nnobody:*:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n";
    private const string Group = "root:*:0:\nmail:*:8:\nshadow:*:42:\nutmp:*:43:\nnogroup:*:65534:\n";

    /// <summary>All packages, the firmware among them.</summary>
    public static List<DebSample> Packages()
    {
        DirectoryNode stock = SyntheticStock.Debian().Root;
        List<DebSample> packages =
        [
            Sample("base-files", "Essential: yes\nPriority: required\n", tree => tree.With("usr/lib/os-release", Text(stock, "/etc/os-release")).WithLink("etc/os-release", "../usr/lib/os-release")
                .With("usr/share/base-files/dot.bashrc", "# bashrc\n").With("usr/share/base-files/profile", "# profile\n").With("etc/debian_version", "12.1\n")),
            Sample("base-passwd", "Essential: yes\nPriority: required\n", tree => tree.With("usr/share/base-passwd/passwd.master", Passwd).With("usr/share/base-passwd/group.master", Group)),
            Sample("mawk", "Priority: required\n", tree => tree.With("usr/bin/mawk", "program"),
                ("postinst", "#!/bin/sh\nupdate-alternatives --install /usr/bin/awk awk /usr/bin/mawk 5 \\\n  --slave /usr/bin/nawk nawk /usr/bin/mawk\n")),
            Sample("gawk", "Priority: optional\n", tree => tree.With("usr/bin/gawk", "program"), ("postinst", "#!/bin/sh\nupdate-alternatives --install /usr/bin/awk awk /usr/bin/gawk 10\n")),
            Sample("libpam-runtime", "Priority: required\n", _ => { }),
            Sample("busybox", "", tree => tree.With("bin/busybox", Bytes(stock, "/usr/bin/busybox"))),
            Sample("systemd", "Depends: libpam-runtime, mawk\nMulti-Arch: foreign\n", tree => tree.With("lib/systemd/systemd", Bytes(stock, "/usr/lib/systemd/systemd"))
                .With("lib/systemd/system/getty@.service", "[Service]\nExecStart=x\n[Install]\nWantedBy=getty.target\nDefaultInstance=tty1\n")
                .With("lib/systemd/system/multi-user.target", "[Unit]\n")
                .With("lib/systemd/system/systemd-networkd.service", "[Install]\nWantedBy=multi-user.target\nAlias=dbus-org.freedesktop.network1.service\nAlso=systemd-networkd-wait-online.service\n")
                .With("lib/systemd/system/systemd-networkd-wait-online.service", "[Install]\nWantedBy=network-online.target\n")
                .With("usr/lib/sysusers.d/basic.conf", "g input - -\nu messagebus - \"Bus\"\n"),
                ("postinst", "#!/bin/sh\nsystemctl ${DPKG_ROOT:+--root=\"$DPKG_ROOT\"} enable getty@tty1.service || true\nMESSAGEUSER=messagebus\n"
                    + "dpkg-statoverride --update --add root \"$MESSAGEUSER\" 4754 /lib/systemd/systemd\n")),
            Sample("systemd-sysv", "Depends: systemd\n", tree => tree.WithLink("sbin/init", "/lib/systemd/systemd")),
            Sample("openssh-server", "Pre-Depends: base-passwd\n", tree => tree.With("usr/share/openssh/sshd_config", "UsePAM yes\n")
                .With("lib/systemd/system/ssh.service", "[Install]\nWantedBy=multi-user.target\nAlias=sshd.service\n")
                .With("lib/systemd/system/ssh.socket", "[Install]\nWantedBy=sockets.target\n"),
                ("postinst", "#!/bin/sh\nadduser --quiet --system --no-create-home --home /run/sshd --shell /usr/sbin/nologin sshd\n"
                    + "deb-systemd-helper enable 'ssh.service' >/dev/null || true\nif deb-systemd-helper debian-installed 'ssh.socket'; then\n deb-systemd-helper enable 'ssh.socket'\nfi\n")),
            Sample("ca-certificates", "", tree => tree.With("usr/share/ca-certificates/mozilla/A.crt", "CERTIFICATE A\n").With("usr/share/ca-certificates/mozilla/B.crt", "CERTIFICATE B\n")),
            Sample("nano", "", tree => tree.With("etc/nanorc", "set x\n").With("usr/share/doc/nano/README", "long\n").With("usr/share/doc/nano/copyright", "GPL\n"), ("conffiles", "/etc/nanorc\n")),
            Sample("linux-image-arm64", $"Depends: linux-image-{Release} (= 1.0-1)\n", _ => { }),
            Kernel(stock),
            Sample("raspi-firmware", "", tree =>
            {
                foreach (string file in (string[])["bootcode.bin", "start.elf", "start4.elf", "fixup.dat", "fixup4.dat", "start_db.elf", "LICENCE.broadcom"])
                    tree.With("usr/lib/raspi-firmware/" + file, new byte[3000]);
            }),
        ];
        packages.AddRange(BaseProfile.All.SelectMany(profile => profile.Packages).Distinct().Where(name => packages.TrueForAll(package => package.Name != name)).Select(name => Sample(name, "", _ => { })).ToArray());
        return packages;
    }

    /// <summary>Writes packages to a folder and makes a recipe of them.</summary>
    public static BaseRecipe Recipe(TemporaryFolder folder, IEnumerable<DebSample>? packages = null)
    {
        List<PackageFile> files = [];
        foreach (DebSample package in packages ?? Packages().Where(package => package.Name != "gawk"))
        {
            string path = folder[package.Name + ".deb"];
            byte[] bytes = package.Build();
            File.WriteAllBytes(path, bytes);
            files.Add(new PackageFile(package.Name, package.Version, Convert.ToHexStringLower(SHA256.HashData(bytes)), path));
        }
        return new BaseRecipe
        {
            Suite = BaseSuite.Find("bookworm")!,
            Profile = BaseProfile.Minimal,
            HostName = "sample",
            AuthorizedKeys = [],
            Origins = [new(new Uri("http://mirror.test/debian"), ["bookworm", "bookworm-updates"])],
            Length = 0,
            Packages = [.. files.Where(file => file.Name != "raspi-firmware")],
            Firmware = files.Single(file => file.Name == "raspi-firmware"),
        };
    }

    private static DebSample Kernel(DirectoryNode stock)
    {
        string modules = $"lib/modules/{Release}/";
        return Sample($"linux-image-{Release}", "", tree =>
        {
            tree.With($"boot/vmlinuz-{Release}", KernelSample.Arm64(Release)).With($"boot/config-{Release}", Text(stock, $"/boot/config-{Release}")).With($"boot/System.map-{Release}", "map\n")
                .With(modules + "modules.order", "kernel/squashfs.ko\nkernel/overlay.ko\nkernel/ext4.ko\n")
                .With(modules + "modules.builtin", Text(stock, $"/usr/lib/modules/{Release}/modules.builtin")).With(modules + "modules.builtin.modinfo", "loop.license=GPL\0")
                .With(modules + "kernel/drivers/gpu/drm/amd/amdgpu.ko", KernelSample.Module(Release));
            foreach (string module in (string[])["squashfs", "overlay", "ext4"])
                tree.With($"{modules}kernel/{module}.ko", KernelSample.Module(Release));
            foreach (string name in PiModels.All.SelectMany(model => model.DeviceTrees).Where(name => name.StartsWith("bcm2837", StringComparison.Ordinal) || name.StartsWith("bcm2711", StringComparison.Ordinal)).Distinct())
                tree.With($"usr/lib/linux-image-{Release}/broadcom/{name}.dtb", new byte[400]);
            tree.With($"usr/lib/linux-image-{Release}/amlogic/x.dtb", new byte[400]);
        });
    }

    private static DebSample Sample(string name, string fields, Action<DirectoryNode> fill, params (string File, string Text)[] control)
    {
        DebSample sample = new(name) { Fields = fields, Control = control.ToDictionary(file => file.File, file => file.Text) };
        fill(sample.Tree);
        return sample;
    }

    private static byte[] Bytes(DirectoryNode root, string path) => TreePath.FindFile(root, path)!.Content.ReadAll();

    private static string Text(DirectoryNode root, string path) => System.Text.Encoding.UTF8.GetString(Bytes(root, path));
}
