using System.Globalization;
using RpiLive.Core.Imaging.Edits;

namespace RpiLive.Core.Imaging.Base.Edits;

/// <summary>What an installer would write: names, volumes, network, sources of packages, and that there is nothing left to set up.</summary>
internal sealed class SystemFilesEdit : IBaseEdit
{
    public void Apply(BaseRoot root)
    {
        RootEditor editor = root.Editor;
        BaseRecipe recipe = root.Recipe;
        editor.PutText("/etc/hostname", recipe.HostName + "\n");
        editor.PutText("/etc/hosts", $"127.0.0.1\tlocalhost\n127.0.1.1\t{recipe.HostName}\n::1\t\tlocalhost ip6-localhost ip6-loopback\n");
        string disk = recipe.DiskId.ToString("x8", CultureInfo.InvariantCulture);
        editor.PutText("/etc/fstab",
            "proc            /proc           proc    defaults          0       0\n" +
            // The system does without it, and a slow card must not end in an emergency.
            $"PARTUUID={disk}-01  /boot/firmware  vfat    defaults,nofail   0       2\n" +
            $"PARTUUID={disk}-02  /               ext4    defaults,noatime  0       1\n");
        editor.MakeFolder("/boot/firmware");
        // Empty: systemd makes an id at the boot, and takes it for no first boot (machine-id(5)).
        editor.PutText("/etc/machine-id", "");
        editor.PutText("/etc/default/locale", "LANG=C.UTF-8\n");
        if (editor.Exists("/usr/share/zoneinfo/Etc/UTC"))
        {
            editor.PutText("/etc/timezone", "Etc/UTC\n");
            editor.PutLink("/etc/localtime", "/usr/share/zoneinfo/Etc/UTC");
        }
        editor.PutText("/etc/systemd/network/80-dhcp.network",
            "[Match]\nType=ether\nKind=!*\n\n[Network]\nDHCP=yes\n\n[Link]\nRequiredForOnline=no\n");
        if (root.Has("systemd-resolved"))
            editor.PutLink("/etc/resolv.conf", "../run/systemd/resolve/stub-resolv.conf");
        else
            editor.PutText("/etc/resolv.conf", "");
        editor.PutText("/etc/apt/sources.list.d/debian.sources", recipe.FormatSources());
        if (recipe.Keyring is not null)
            editor.PutFile(recipe.KeyringPath, recipe.Keyring);
        editor.PutText("/etc/dpkg/dpkg.cfg.d/rpilive",
            "# What this image leaves out, so that upgrades leave it out too.\n" + string.Concat(root.Rules.Lines.Select(line => line + "\n")));
        // Newer than /usr: systemd need not make users, caches and catalogs at each boot (ConditionNeedsUpdate of systemd.unit(5)).
        editor.PutText("/etc/.updated", "");
        editor.PutText("/var/.updated", "");
    }
}
