using System.Globalization;
using System.Text;
using RpiLive.Core.Debian.Root;
using RpiLive.Core.Imaging.Edits;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Base.Edits;

/// <summary>
/// Names that several packages can provide, such as awk and pager: links to /etc/alternatives, and the records of update-alternatives(1) under
/// /var/lib/dpkg/alternatives.
/// </summary>
internal sealed class AlternativesEdit : IBaseEdit
{
    public void Apply(BaseRoot root)
    {
        SortedDictionary<string, List<Choice>> groups = new(StringComparer.Ordinal);
        foreach (IReadOnlyList<string> call in root.Packages.SelectMany(package => package.PostInstall.Calls("update-alternatives")))
        {
            if (Parse(root.Editor, call) is not { } choice)
                continue;
            if (!groups.TryGetValue(choice.Name, out List<Choice>? choices))
                groups.Add(choice.Name, choices = []);
            if (choices.TrueForAll(other => other.Path != choice.Path))
                choices.Add(choice);
        }
        foreach (List<Choice> choices in groups.Values)
            Write(root.Editor, choices);
    }

    /// <summary>A call with <c>--install LINK NAME PATH PRIORITY</c> and any number of <c>--slave LINK NAME PATH</c>; null for others.</summary>
    private static Choice? Parse(RootEditor editor, IReadOnlyList<string> call)
    {
        int at = call.ToList().IndexOf("--install");
        if (at < 0 || call.Skip(at + 1).Take(4).ToArray() is not [var link, var name, var path, var priority]
            || !IsUsable(link, name, path) || !int.TryParse(priority, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
            || !editor.Exists(path))
            return null;
        List<(string Link, string Name, string Path)> slaves = [];
        for (int i = at + 5; i + 3 < call.Count && call[i] == "--slave"; i += 4)
        {
            if (IsUsable(call[i + 1], call[i + 2], call[i + 3]))
                slaves.Add((call[i + 1], call[i + 2], call[i + 3]));
        }
        return new Choice(link, name, path, number, slaves);
    }

    private static bool IsUsable(string link, string name, string path) =>
        link.StartsWith('/') && path.StartsWith('/') && new FileName(name).IsValid && !link.EndsWith('/') && !path.EndsWith('/') && !(link + name + path).Any(char.IsControl);

    private static void Write(RootEditor editor, List<Choice> choices)
    {
        Choice best = choices.OrderByDescending(choice => choice.Priority).ThenBy(choice => choice.Path, StringComparer.Ordinal).First();
        PutLinks(editor, best.Link, best.Name, best.Path);
        foreach ((string link, string name, string path) in best.Slaves.Where(slave => editor.Exists(slave.Path)))
            PutLinks(editor, link, name, path);

        // The form of the records: what dpkg's alternatives(5) tools read back; empty lines end the lists.
        (string Link, string Name)[] slaves = [.. choices.SelectMany(choice => choice.Slaves).Select(slave => (slave.Link, slave.Name)).DistinctBy(slave => slave.Name).OrderBy(slave => slave.Name, StringComparer.Ordinal)];
        StringBuilder record = new();
        record.Append("auto\n").Append(best.Link).Append('\n');
        foreach ((string link, string name) in slaves)
            record.Append(name).Append('\n').Append(link).Append('\n');
        record.Append('\n');
        foreach (Choice choice in choices.OrderBy(choice => choice.Path, StringComparer.Ordinal))
        {
            record.Append(choice.Path).Append('\n').Append(CultureInfo.InvariantCulture, $"{choice.Priority}\n");
            foreach ((_, string name) in slaves)
                record.Append(choice.Slaves.FirstOrDefault(slave => slave.Name == name).Path ?? "").Append('\n');
        }
        record.Append('\n');
        editor.PutText("/var/lib/dpkg/alternatives/" + best.Name, record.ToString());
    }

    private static void PutLinks(RootEditor editor, string link, string name, string path)
    {
        editor.PutLink("/etc/alternatives/" + name, path);
        editor.PutLink(link, "/etc/alternatives/" + name);
    }

    private sealed record Choice(string Link, string Name, string Path, int Priority, List<(string Link, string Name, string Path)> Slaves);
}
