using System.Globalization;
using System.Text;
using RpiLive.Core.Errors;
using RpiLive.Core.SquashFs;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Persistence;

/// <summary>Users and groups of an image, by its /etc/passwd and /etc/group.</summary>
internal sealed class Accounts(SquashFsVolume root, string image)
{
    private const string Users = "/etc/passwd", Groups = "/etc/group";
    private const int MaxLength = 4 << 20;

    /// <summary>The number of a user, and the group that it logs in with; no group for a user given by number.</summary>
    /// <exception cref="ImageException"><see cref="ErrorIds.AccountMissing"/>.</exception>
    public (uint User, uint? Group) User(string name)
    {
        if (Number(name) is { } number)
            return (number, null);
        string[] fields = Find(Users, name, "user");
        return (Id(fields, 2, name), Id(fields, 3, name));
    }

    /// <summary>The number of a group.</summary>
    /// <exception cref="ImageException"><see cref="ErrorIds.AccountMissing"/>.</exception>
    public uint Group(string name) => Number(name) ?? Id(Find(Groups, name, "group"), 2, name);

    private static uint? Number(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) && number != uint.MaxValue ? number : null;

    private uint Id(string[] fields, int at, string name) => at < fields.Length && Number(fields[at]) is { } number
        ? number : throw Missing($"the line of {name} in its accounts has no number in field {at + 1}");

    private string[] Find(string file, string name, string kind)
    {
        if (root.Find(file) is not FileNode { Content: { Length: <= MaxLength } content })
            throw Missing($"it has no {file} that could be read, so the {kind} {name} is not known");
        return Encoding.UTF8.GetString(content.ReadAll()).Split('\n').Select(line => line.Split(':')).FirstOrDefault(fields => fields[0] == name)
            ?? throw Missing($"its {file} has no {kind} {name}");
    }

    private ImageException Missing(string what) =>
        KeepErrors.Request(ErrorIds.AccountMissing, image, what, "Give a name that the image knows, or the number.");
}
