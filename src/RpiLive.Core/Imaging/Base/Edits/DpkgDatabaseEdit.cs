using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using RpiLive.Core.Debian.Root;
using RpiLive.Core.Imaging.Edits;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Base.Edits;

/// <summary>
/// Writes the records of dpkg (/var/lib/dpkg), so that <c>dpkg -l</c>, <c>apt</c> and <c>debsums</c> know what is there: status, the lists of
/// files, control files and triggers.
/// </summary>
internal sealed class DpkgDatabaseEdit : IBaseEdit
{
    private const string Folder = "/var/lib/dpkg";

    public void Apply(BaseRoot root)
    {
        RootEditor editor = root.Editor;
        StringBuilder status = new();
        SortedDictionary<string, SortedSet<string>> triggers = new(StringComparer.Ordinal);
        foreach (InstalledPackage package in root.Packages.OrderBy(package => package.Name, StringComparer.Ordinal))
        {
            string control = package.Content.ControlText("control").TrimEnd();
            AddStatus(status, editor.Root, package, control);
            WriteInfo(editor, package, root.Replaced);
            AddTriggers(triggers, package);
        }
        editor.PutText($"{Folder}/status", status.ToString());
        editor.PutText($"{Folder}/available", "");
        editor.PutText($"{Folder}/info/format", "1\n");
        editor.PutText($"{Folder}/arch", "arm64\n");
        foreach (string folder in (string[])["updates", "parts", "alternatives", "triggers"])
            editor.MakeFolder($"{Folder}/{folder}");
        foreach ((string file, SortedSet<string> lines) in triggers)
            editor.PutText($"{Folder}/triggers/{file}", string.Concat(lines.Select(line => line + "\n")));
    }

    private static void AddStatus(StringBuilder status, DirectoryNode root, InstalledPackage package, string control)
    {
        int line = control.IndexOf('\n', StringComparison.Ordinal);
        status.Append(control, 0, line + 1).Append("Status: install ok installed\n").Append(control, line + 1, control.Length - line - 1).Append('\n');
        string[] files = [.. ConffilesOf(package).Where(file => TreePath.FindFile(root, file) is not null)];
        if (files.Length > 0)
        {
            status.Append("Conffiles:\n");
            foreach (string file in files)
                status.Append(' ').Append(file).Append(' ').Append(Md5(TreePath.FindFile(root, file)!.Content)).Append('\n');
        }
        status.Append('\n');
    }

    private static IEnumerable<string> ConffilesOf(InstalledPackage package) =>
        package.Content.ControlText("conffiles").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(file => file.StartsWith('/'));

    private static void WriteInfo(RootEditor root, InstalledPackage package, IReadOnlySet<(string Package, string Path)> replaced)
    {
        string stem = $"{Folder}/info/{package.QualifiedName}.";
        root.PutText(stem + "list", string.Concat(package.Content.Entries.Where(entry => !replaced.Contains((package.Name, entry.Path))).Select(entry => entry.Path + "\n")));
        foreach ((string file, byte[] content) in package.Content.Control)
        {
            if (file != "control")
                root.PutFile(stem + file, content, file is "preinst" or "postinst" or "prerm" or "postrm" or "config" ? 0x1ED : 0x1A4);
        }
    }

    /// <summary>Who wants to know when files come or go (deb-triggers(5)): the file "File" for paths, else one file a trigger.</summary>
    private static void AddTriggers(SortedDictionary<string, SortedSet<string>> triggers, InstalledPackage package)
    {
        foreach (string line in package.Content.ControlText("triggers").Split('\n'))
        {
            if (line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries) is not [var directive, var name]
                || !directive.StartsWith("interest", StringComparison.Ordinal) || (!name.StartsWith('/') && !new FileName(name).IsValid))
                continue;
            string user = directive == "interest-noawait" ? package.QualifiedName + "/noawait" : package.QualifiedName;
            bool isPath = name.StartsWith('/');
            string file = isPath ? "File" : name;
            if (!triggers.TryGetValue(file, out SortedSet<string>? lines))
                triggers.Add(file, lines = new(StringComparer.Ordinal));
            lines.Add(isPath ? $"{name} {user}" : user);
        }
    }

    [SuppressMessage("Security", "CA5351", Justification = "dpkg compares configuration files by MD5; nothing is trusted because of it.")]
    private static string Md5(FileContent content)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        byte[] buffer = new byte[64 << 10];
        for (long done = 0; done < content.Length; done += buffer.Length)
        {
            Span<byte> part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, content.Length - done));
            content.Read(done, part);
            hash.AppendData(part);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
