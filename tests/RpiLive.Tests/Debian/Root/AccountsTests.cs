using RpiLive.Core.Debian.Root;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Debian.Root;

public sealed class AccountsTests
{
    private const string Users = "root:*:0:0:root:/root:/bin/bash\nnobody:*:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n";
    private const string Groups = "root:*:0:\nshadow:*:42:\nmail:*:8:\nnogroup:*:65534:\n";

    [Fact]
    public void Sysusers_make_users_from_the_top_and_members()
    {
        Accounts accounts = new(Users, Groups);
        accounts.AddSysusers("""
            # comment
            g input - -
            u messagebus - "System Message Bus" - -
            u! fixed 77 "Fixed one" /srv /bin/sh
            m messagebus input
            """);
        Assert.Equal(
            Users.Replace('*', 'x') + "messagebus:x:998:998:System Message Bus:/:/usr/sbin/nologin\nfixed:x:77:77:Fixed one:/srv:/bin/sh\n", accounts.FormatPasswd());
        Assert.Equal(Groups.Replace('*', 'x') + "input:x:999:messagebus\nmessagebus:x:998:\nfixed:x:77:\n", accounts.FormatGroup());
    }

    [Fact]
    public void Agrees_with_systemd_sysusers()
    {
        Tools.Require("systemd-sysusers");
        using TemporaryFolder folder = new();
        const string Lines = "g input - -\nu one - \"First\" /var/lib/one -\nu two 77 - / /bin/sh\nm one input\ng fixed 300 -\nu three - - - -\n";
        Directory.CreateDirectory(folder["etc"]);
        Directory.CreateDirectory(folder["usr/lib/sysusers.d"]);
        File.WriteAllText(folder["etc/passwd"], Users.Replace('*', 'x'));
        File.WriteAllText(folder["etc/group"], Groups.Replace('*', 'x'));
        File.WriteAllText(folder["usr/lib/sysusers.d/t.conf"], Lines);
        Tools.Run("systemd-sysusers", "--root=" + folder.Path);
        Accounts accounts = new(Users, Groups);
        accounts.AddSysusers(Lines);
        Assert.Equal(Names(File.ReadAllText(folder["etc/passwd"]), 0, 2, 3, 4, 5, 6), Names(accounts.FormatPasswd(), 0, 2, 3, 4, 5, 6));
        Assert.Equal(Names(File.ReadAllText(folder["etc/group"]), 0, 2, 3), Names(accounts.FormatGroup(), 0, 2, 3));

        static IEnumerable<string> Names(string text, params int[] fields) =>
            text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => string.Join(':', fields.Select(field => line.Split(':')[field]))).Order(StringComparer.Ordinal);
    }

    [Fact]
    public void System_users_of_adduser_get_the_lowest_free_id()
    {
        Accounts accounts = new(Users, Groups);
        accounts.AddBySystemCall(["--quiet", "--system", "--no-create-home", "--home", "/run/sshd", "--shell", "/usr/sbin/nologin", "sshd"]);
        accounts.AddBySystemCall(["--system", "--group", "--gecos", "A daemon", "daemon2"]);
        accounts.AddBySystemCall(["--system", "--ingroup", "mail", "mailer"]);
        accounts.AddBySystemCall(["mailer", "shadow"]);
        accounts.AddBySystemCall(["--disabled-password", "human"]);
        Assert.Equal(
            Users.Replace('*', 'x') + "sshd:x:100:65534::/run/sshd:/usr/sbin/nologin\ndaemon2:x:101:101:A daemon:/nonexistent:/usr/sbin/nologin\nmailer:x:102:8::/nonexistent:/usr/sbin/nologin\n",
            accounts.FormatPasswd());
        Assert.Equal((101u, 42u), (accounts.GroupId("daemon2"), accounts.GroupId("shadow")));
        Assert.Contains("shadow:x:42:mailer\n", accounts.FormatGroup(), StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_that_are_taken_and_text_that_is_no_field_are_not_used()
    {
        Accounts accounts = new(Users, Groups);
        accounts.AddSysusers("u one 0 \"a:b\" /x\n");
        accounts.AddBySystemCall(["--system", "--uid", "0", "--shell", "", "two"]);
        Assert.Equal(Users.Replace('*', 'x') + "one:x:999:999:ab:/x:/usr/sbin/nologin\ntwo:x:100:65534::/nonexistent:/usr/sbin/nologin\n", accounts.FormatPasswd());
    }

    [Fact]
    public void No_password_fits_anyone()
    {
        Accounts accounts = new(Users, Groups);
        Assert.Equal("root:*:20000:0:99999:7:::\nnobody:*:20000:0:99999:7:::\n", accounts.FormatShadow(20_000));
        Assert.Equal("root:*:1:", accounts.FormatShadow(0)[..9]);
        Assert.StartsWith("root:*::\nshadow:*::\n", accounts.FormatGroupShadow(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("addgroup", "--gid", "42000000", "huge")]
    [InlineData("addgroup", "--system", "bad:name")]
    [InlineData("adduser", "--system", "bad name")]
    [InlineData("adduser", "--system", "--home")]
    [InlineData("adduser", "")]
    public void What_is_no_account_is_passed_over(string tool, params string[] arguments)
    {
        Accounts accounts = new(Users, Groups);
        if (tool == "adduser")
            accounts.AddBySystemCall(arguments);
        else
            accounts.AddGroupBySystemCall(arguments);
        Assert.Equal(Users.Replace('*', 'x'), accounts.FormatPasswd());
    }
}
