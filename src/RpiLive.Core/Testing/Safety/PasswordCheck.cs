using System.Text;
using RpiLive.Core.Fat;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Testing.Safety;

/// <summary>Users who can log in without a password, or with one that everybody knows (shadow(5)).</summary>
internal static class PasswordCheck
{
    private const int MaxLength = 1 << 20, MaxUserConf = 4096;

    /// <summary>The longest name of a user (useradd(8)), and the rounds that are computed for all of them: a forged file could ask for days.</summary>
    private const int MaxUserName = 32, MaxRounds = 4_000_000;

    /// <summary>What published images were delivered with, besides the name of the user.</summary>
    private static readonly string[] s_known = ["raspberry", "raspberrypi", "pi", "root", "toor", "1234", "12345", "123456", "password", "admin", "live", "debian", "ubuntu", "orangepi", "dietpi", "alarm"];

    /// <summary>Looks at /etc/shadow, and at userconf.txt of the boot volume, which is applied at boot.</summary>
    public static string Run(DirectoryNode root, DirectoryNode boot, Findings findings, CancellationToken cancellation)
    {
        List<string> withPassword = [], untried = [];
        long budget = MaxRounds;
        foreach ((string user, string hash) in Shadow(root).Concat(UserConf(boot)))
        {
            if (hash.Length == 0)
            {
                findings.Warn($"{user} can log in without a password.", "Give the user a password in the stock image, or lock it with passwd -l.");
                continue;
            }
            if (!hash.StartsWith('$'))
                continue;
            withPassword.Add(user);
            if (Sha2Crypt.RoundsOf(hash) is not { } rounds || (budget -= rounds * (s_known.Length + 1)) < 0)
            {
                untried.Add(user);
                continue;
            }
            cancellation.ThrowIfCancellationRequested();
            IEnumerable<string> words = user.Length <= MaxUserName ? s_known.Append(user) : s_known;
            if (words.FirstOrDefault(word => Sha2Crypt.Matches(word, hash)) is { } known)
                findings.Warn($"{user} has the well-known password '{known}'.", "Give the user another password in the stock image.");
        }
        return withPassword.Count == 0 ? "No user has a password."
            : $"Users with a password: {string.Join(", ", withPassword)}.{(untried.Count == 0 ? "" : $" Not compared with well-known ones, as its kind of hash is not known here or takes too long: {string.Join(", ", untried)}.")}";
    }

    private static IEnumerable<(string User, string Hash)> Shadow(DirectoryNode root)
    {
        if (TreePath.FindFile(root, "/etc/shadow") is not { Content.Length: <= MaxLength } file)
            return [];
        return [.. Encoding.UTF8.GetString(file.Content.ReadAll(MaxLength)).Split('\n').Select(line => line.Split(':')).Where(fields => fields.Length >= 2 && fields[0].Length > 0)
            .Take(1000).Select(fields => (fields[0], fields[1]))];
    }

    private static IEnumerable<(string User, string Hash)> UserConf(DirectoryNode boot) => ((string[])["userconf.txt", "userconf"])
        .Select(name => FatPath.FindFile(boot, name)).Where(file => file is { Content.Length: > 0 and <= MaxUserConf })
        .Select(file => Encoding.UTF8.GetString(file!.Content.ReadAll()).Trim().Split(':', 2)).Where(fields => fields.Length == 2)
        .Select(fields => (fields[0], fields[1]));
}
