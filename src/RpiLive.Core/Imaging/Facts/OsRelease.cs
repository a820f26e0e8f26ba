using System.Text;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Facts;

/// <summary>The variables of os-release(5).</summary>
internal static class OsRelease
{
    private const int MaxLength = 64 << 10;

    /// <summary>The variables of the root's os-release; none where the root has no such file or an absurdly long one.</summary>
    public static IReadOnlyDictionary<string, string> Read(DirectoryNode root)
    {
        FileNode? file = TreePath.FindFile(root, "/etc/os-release") ?? TreePath.FindFile(root, "/usr/lib/os-release");
        return file is { Content.Length: <= MaxLength } ? Parse(Encoding.UTF8.GetString(file.Content.ReadAll(MaxLength))) : Parse("");
    }

    internal static IReadOnlyDictionary<string, string> Parse(string text)
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal);
        foreach (string rawLine in text.Split('\n'))
        {
            string line = rawLine.Trim();
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && line[0] != '#')
                variables[line[..equals]] = Unquote(line[(equals + 1)..]);
        }
        return variables;
    }

    /// <summary>Takes off the shell's quotes; inside double quotes a backslash escapes <c>" $ ` \</c>.</summary>
    private static string Unquote(string value)
    {
        if (value.Length < 2 || value[0] != value[^1] || value[0] is not ('"' or '\''))
            return value;
        string inner = value[1..^1];
        if (value[0] == '\'' || !inner.Contains('\\', StringComparison.Ordinal))
            return inner;
        StringBuilder text = new(inner.Length);
        for (int i = 0; i < inner.Length; i++)
        {
            if (inner[i] == '\\' && i + 1 < inner.Length && inner[i + 1] is '"' or '$' or '`' or '\\')
                i++;
            text.Append(inner[i]);
        }
        return text.ToString();
    }
}
