using System.Globalization;
using System.Text;

namespace RpiLive.Core.Debian.Root;

/// <summary>
/// The users and groups of a root: those of base-passwd, those that sysusers.d(5) asks for, and those that maintainer scripts make with
/// adduser(8) or addgroup(8). Ids are given out as these tools do: sysusers from 999 down, adduser from 100 up. Nobody has a password.
/// </summary>
internal sealed class Accounts
{
    private const string NoLogin = "/usr/sbin/nologin";
    private const uint FirstSystemId = 100, LastSystemId = 999, NoGroup = 65534;

    private readonly List<Account> _users = [];
    private readonly List<(string Name, uint Id, List<string> Members)> _groups = [];

    /// <summary>Starts with the lists of base-passwd.</summary>
    /// <param name="users">Lines of passwd(5).</param>
    /// <param name="groups">Lines of group(5).</param>
    public Accounts(string users, string groups)
    {
        foreach (string line in groups.Split('\n'))
        {
            if (line.Split(':') is [var name, _, var id, var members] && TryId(id, out uint groupId))
                _groups.Add((name, groupId, [.. members.Split(',', StringSplitOptions.RemoveEmptyEntries)]));
        }
        foreach (string line in users.Split('\n'))
        {
            if (line.Split(':') is [var name, _, var id, var group, var comment, var home, var shell] && TryId(id, out uint userId) && TryId(group, out uint groupId))
                _users.Add(new Account(name, userId, groupId, comment, home, shell));
        }
    }

    /// <summary>The id of a group; null where there is no such group.</summary>
    public uint? GroupId(string name) => _groups.FindIndex(group => group.Name == name) is >= 0 and int index ? _groups[index].Id : null;

    /// <summary>The id of a user; null where there is no such user.</summary>
    public uint? UserId(string name) => _users.Find(user => user.Name == name)?.UserId;

    /// <summary>Makes what the lines of a sysusers.d(5) file ask for.</summary>
    public void AddSysusers(string text)
    {
        foreach (string line in text.Split('\n'))
        {
            List<string> words = Words(line);
            if (words is not [var type, var name, ..] || !IsName(name))
                continue;
            string id = Word(2) ?? "";
            switch (type.TrimEnd('!', '+'))
            {
                case "g":
                    AddGroup(name, ParseId(id), fromTop: true);
                    break;
                case "u":
                    AddUser(name, id, Word(3) ?? "", Word(4) ?? "/", Word(5) ?? NoLogin);
                    break;
                case "m":
                    AddUser(name, "", "", "/", NoLogin);
                    AddGroup(id, null, fromTop: true);
                    AddMember(id, name);
                    break;
            }

            string? Word(int index) => index < words.Count && words[index] != "-" ? words[index] : null;
        }
    }

    /// <summary>Does what a call of <c>adduser --system</c> asks for.</summary>
    /// <param name="arguments">What follows the name of the tool.</param>
    public void AddBySystemCall(IReadOnlyList<string> arguments)
    {
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        List<string> names = [];
        for (int i = 0; i < arguments.Count; i++)
        {
            string word = arguments[i];
            if (word is "--home" or "--shell" or "--uid" or "--gid" or "--ingroup" or "--gecos" or "--comment" or "--firstuid" or "--lastuid")
                values[word] = i + 1 < arguments.Count && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal) ? arguments[++i] : "";
            else if (word.StartsWith("--", StringComparison.Ordinal) && word.IndexOf('=', StringComparison.Ordinal) is > 0 and int equals)
                values[word[..equals]] = word[(equals + 1)..];
            else if (word.StartsWith('-'))
                values[word] = "";
            else if (IsName(word))
                names.Add(word);
        }
        if (names is [var user, var joined] && !values.ContainsKey("--system"))
        {
            AddMember(joined, user);
            return;
        }
        if (names is not [var name] || !values.ContainsKey("--system") || UserId(name) is not null)
            return;
        uint id = ParseFree(Value("--uid") ?? "") ?? Lowest(IsTaken);
        uint group = NoGroup;
        if (Value("--ingroup") is { } groupName && GroupId(groupName) is { } present)
            group = present;
        else if (values.ContainsKey("--group"))
            group = AddGroup(name, ParseId(Value("--gid") ?? "") ?? id, fromTop: false);
        Add(name, id, group, Value("--gecos") ?? Value("--comment") ?? "", Value("--home") ?? "/nonexistent", Value("--shell") ?? NoLogin);

        string? Value(string option) => values.GetValueOrDefault(option) is { Length: > 0 } value ? value : null;
    }

    /// <summary>Does what a call of <c>addgroup --system</c> or <c>groupadd --system</c> asks for.</summary>
    /// <param name="arguments">What follows the name of the tool.</param>
    public void AddGroupBySystemCall(IReadOnlyList<string> arguments)
    {
        int gid = arguments.ToList().FindIndex(word => word is "--gid" or "-g");
        uint? id = gid >= 0 && gid + 1 < arguments.Count ? ParseId(arguments[gid + 1]) : null;
        string? name = arguments.Where((word, index) => !word.StartsWith('-') && (gid < 0 || index != gid + 1)).FirstOrDefault();
        if (name is not null && IsName(name) && (id is not null || arguments.Contains("--system")))
            AddGroup(name, id, fromTop: false);
    }

    /// <summary>/etc/passwd.</summary>
    public string FormatPasswd() => Lines(_users.Select(user => $"{user.Name}:x:{user.UserId}:{user.GroupId}:{user.Comment}:{user.Home}:{user.Shell}"));

    /// <summary>/etc/group.</summary>
    public string FormatGroup() => Lines(_groups.Select(group => $"{group.Name}:x:{group.Id}:{string.Join(',', group.Members)}"));

    /// <summary>/etc/shadow (shadow(5)): no password fits anyone.</summary>
    /// <param name="days">Days since 1970 of the last change; not 0, which would ask for a change at the next log-in.</param>
    public string FormatShadow(long days) => Lines(_users.Select(user => $"{user.Name}:*:{Math.Max(days, 1)}:0:99999:7:::"));

    /// <summary>/etc/gshadow (gshadow(5)).</summary>
    public string FormatGroupShadow() => Lines(_groups.Select(group => $"{group.Name}:*::{string.Join(',', group.Members)}"));

    /// <summary>Words of sysusers.d: apart by blanks, with double quotes.</summary>
    private static List<string> Words(string line)
    {
        List<string> words = [];
        StringBuilder word = new();
        bool quoted = false, any = false;
        foreach (char c in line.TrimStart().StartsWith('#') ? "" : line.Trim())
        {
            if (c == '"')
            {
                quoted = !quoted;
                any = true;
            }
            else if (c is ' ' or '\t' && !quoted)
            {
                if (any)
                    words.Add(word.ToString());
                word.Clear();
                any = false;
            }
            else
            {
                word.Append(c);
                any = true;
            }
        }
        if (any)
            words.Add(word.ToString());
        return words;
    }

    private void AddUser(string name, string id, string comment, string home, string shell)
    {
        if (UserId(name) is not null)
            return;
        string[] parts = id.Split(':');
        // The group of a user has the same number where that is free.
        uint userId = ParseFree(parts[0]) ?? GroupId(name) ?? Highest(IsTaken);
        uint group = parts.Length > 1 ? GroupId(parts[1]) ?? ParseId(parts[1]) ?? NoGroup : AddGroup(name, userId, fromTop: true);
        Add(name, userId, group, comment, home, shell);
    }

    /// <summary>What would end a field or a line of passwd(5) is left out.</summary>
    private void Add(string name, uint id, uint group, string comment, string home, string shell)
    {
        _users.Add(new Account(name, id, group, Field(comment), Field(home), Field(shell)));

        static string Field(string text) => string.Concat(text.Where(c => c != ':' && !char.IsControl(c)));
    }

    private uint AddGroup(string name, uint? id, bool fromTop)
    {
        if (GroupId(name) is { } present)
            return present;
        if (id is null || _groups.Any(group => group.Id == id))
            id = fromTop ? Highest(IsTaken) : Lowest(IsTaken);
        _groups.Add((name, id.Value, []));
        return id.Value;
    }

    private bool IsTaken(uint id) => _groups.Any(group => group.Id == id) || _users.Any(user => user.UserId == id);

    private void AddMember(string groupName, string user)
    {
        int index = _groups.FindIndex(group => group.Name == groupName);
        if (index >= 0 && !_groups[index].Members.Contains(user))
            _groups[index].Members.Add(user);
    }

    private static uint Lowest(Func<uint, bool> isTaken)
    {
        uint id = FirstSystemId;
        while (isTaken(id))
            id++;
        return id;
    }

    private static uint Highest(Func<uint, bool> isTaken)
    {
        uint id = LastSystemId;
        while (id > FirstSystemId && isTaken(id))
            id--;
        return id;
    }

    /// <summary>An id that no user has yet.</summary>
    private uint? ParseFree(string text) => ParseId(text) is { } id && !_users.Any(user => user.UserId == id) ? id : null;

    private static uint? ParseId(string text) => TryId(text, out uint id) ? id : null;

    private static bool TryId(string text, out uint id) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id <= NoGroup;

    private static bool IsName(string name) => name.Length is > 0 and <= 31 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');

    private static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(line => line + "\n"));
}
