using RpiLive.Core.Debian.Root;
using RpiLive.Core.Imaging.Edits;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Base.Edits;

/// <summary>Writes the users and groups that the packages want; without them services do not start.</summary>
internal sealed class AccountsEdit : IBaseEdit
{
    private const int ShadowPermissions = 0x1A0;
    private const long SecondsPerDay = 86_400;

    private static readonly string[] s_folders = ["/usr/lib/sysusers.d", "/etc/sysusers.d"];

    /// <summary>The accounts of a root whose packages are unpacked.</summary>
    public static Accounts Read(RootEditor editor, IReadOnlyList<InstalledPackage> packages)
    {
        Accounts accounts = new(
            editor.ReadText("/usr/share/base-passwd/passwd.master") ?? "root:*:0:0:root:/root:/bin/sh\n", editor.ReadText("/usr/share/base-passwd/group.master") ?? "root:*:0:\n");
        foreach (string folder in s_folders)
        {
            foreach (string name in editor.NamesIn(folder).Where(name => name.EndsWith(".conf", StringComparison.Ordinal)))
                accounts.AddSysusers(editor.ReadText($"{folder}/{name}") ?? "");
        }
        foreach (InstalledPackage package in packages)
        {
            foreach (MaintainerScript script in (MaintainerScript[])[package.PreInstall, package.PostInstall])
            {
                foreach (string tool in (string[])["addgroup", "groupadd"])
                {
                    foreach (IReadOnlyList<string> arguments in script.Calls(tool))
                        accounts.AddGroupBySystemCall(arguments);
                }
                foreach (IReadOnlyList<string> arguments in script.Calls("adduser"))
                    accounts.AddBySystemCall(arguments);
            }
        }
        return accounts;
    }

    public void Apply(BaseRoot root)
    {
        RootEditor editor = root.Editor;
        uint shadow = root.Accounts.GroupId("shadow") ?? 0;
        editor.PutText("/etc/passwd", root.Accounts.FormatPasswd());
        editor.PutText("/etc/group", root.Accounts.FormatGroup());
        PutSecret("/etc/shadow", root.Accounts.FormatShadow(editor.Options.Timestamp.Seconds / SecondsPerDay));
        PutSecret("/etc/gshadow", root.Accounts.FormatGroupShadow());
        editor.PutText("/etc/subuid", "");
        editor.PutText("/etc/subgid", "");
        ApplyOverrides(root);

        void PutSecret(string path, string text) => editor.PutFile(path, System.Text.Encoding.UTF8.GetBytes(text), ShadowPermissions, 0, shadow);
    }

    /// <summary>Owners and modes that scripts give to files of groups which packages cannot name (dpkg-statoverride(1)).</summary>
    private static void ApplyOverrides(BaseRoot root)
    {
        SortedSet<string> lines = new(StringComparer.Ordinal);
        foreach (IReadOnlyList<string> call in root.Packages.SelectMany(package => package.PostInstall.Calls("dpkg-statoverride")))
        {
            string[] words = [.. call.Where(word => !word.StartsWith('-'))];
            if (!call.Contains("--add") || words is not [var owner, var group, var mode, var path, ..]
                || root.Accounts.UserId(owner) is not { } userId || root.Accounts.GroupId(group) is not { } groupId
                || !IsMode(mode) || TreePath.Find(root.Editor.Root, path) is not { } node)
                continue;
            node.UserId = userId;
            node.GroupId = groupId;
            node.Permissions = Convert.ToInt32(mode, 8);
            lines.Add($"{owner} {group} {mode} {path}");
        }
        root.Editor.PutText("/var/lib/dpkg/statoverride", string.Concat(lines.Select(line => line + "\n")));
    }

    private static bool IsMode(string mode) => mode.Length is 3 or 4 && mode.All(c => c is >= '0' and <= '7');
}
