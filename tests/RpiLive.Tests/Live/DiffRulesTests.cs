using System.Text.Json;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Live;

/// <summary>What rpilive diff must not be led astray by, each on an overlay of the kernel's.</summary>
public sealed class DiffRulesTests
{
    [Fact]
    public void A_directory_in_the_place_of_a_link_has_nothing_from_where_the_link_led()
    {
        // Both trees see /etc by the link: its hostname is there, and would make the new one a changed one.
        using LiveShell live = new();
        using Overlay overlay = new(live, "mkdir var; ln -s /etc var/run", "rm var/run; mkdir -p var/run/init.d; echo mine >var/run/hostname");
        Assert.Equal(["Created Directory /var/run/init.d 0", "Created File /var/run/hostname 5", "Modified Directory /var/run 0"], overlay.Changes("diff --json"));
        Assert.Equal(["Created File /var/run/hostname 5"], overlay.Changes("diff --json /var/run/hostname"));
        Assert.Empty(overlay.Changes("diff --json /var/run/passwd"));
    }

    [Fact]
    public void Content_that_changed_under_the_same_size_and_time_is_modified_and_a_copy_is_not()
    {
        using LiveShell live = new();
        using Overlay overlay = new(live,
            "printf 1234 >other; printf 1234 >same; printf 1234 >'od\nd\u0001'; ln -s ab link; touch -h -d 2020-01-01 other same link od*",
            "printf 4321 >other; printf 4321 >'od\nd\u0001'; cp -p same x; mv x same; ln -sfn cd link; touch -h -d 2020-01-01 other link od*");
        Assert.Equal(["Modified File /od\nd\u0001 4", "Modified File /other 4", "Modified Link /link 2"], overlay.Changes("diff --json"));
    }

    [Fact]
    public void A_byte_1_in_a_name_is_no_line_end()
    {
        using LiveShell live = new();
        using Overlay overlay = new(live, "echo >'gone\u0001A'; echo >'gone\u0001B'; mkdir -p 'd\u0001\n'; echo >'d\u0001\n/in'", "rm -r gone* d*; echo 1 >'new\u0001'; echo 1 >'new\n'");
        Assert.Equal(
            ((string[])["Created File /new\u0001 2", "Created File /new\n 2", "Deleted Directory /d\u0001\n 0", "Deleted File /d\u0001\n/in 1", "Deleted File /gone\u0001A 1", "Deleted File /gone\u0001B 1"])
                .Order(StringComparer.Ordinal), overlay.Changes("diff --json"));
        Assert.Equal(["Deleted Directory /d\u0001\n 0", "Deleted File /d\u0001\n/in 1"], overlay.Changes("diff --json '/d\u0001\n/'"));
    }

    [Fact]
    public void Bytes_that_are_no_UTF_8_leave_the_document_one_that_can_be_read()
    {
        using LiveShell live = new();
        // A surrogate, a slash in two bytes, one past the last character, and characters of two to four bytes.
        using Overlay overlay = new(live, "", "for n in '\\355\\240\\200' '\\300\\257' '\\364\\220\\200\\200' '\\303\\251' '\\342\\202\\254' '\\360\\237\\215\\223' '\\340\\237\\277'; do echo 1 >\"$(printf \"$n\")\"; done");
        Assert.Equal(
            ((string[])["\uFFFD\uFFFD\uFFFD", "\uFFFD\uFFFD", "\uFFFD\uFFFD\uFFFD\uFFFD", "é", "€", "\U0001F353", "\uFFFD\uFFFD\uFFFD"]).Select(name => $"Created File /{name} 2").Order(StringComparer.Ordinal),
            overlay.Changes("diff --json"));
    }

    [Theory]
    [InlineData("/bin", "Created File /usr/bin/new 2")]
    [InlineData("/usr/lib/../bin/", "Created File /usr/bin/new 2")]
    [InlineData("'/back\\tslash'", "Created File /back\\tslash/new 2|Deleted File /back\\tslash/old 2|Modified Directory /back\\tslash 0")]
    public void A_directory_is_found_by_a_link_and_by_any_name(string directory, string expected)
    {
        using LiveShell live = new();
        using Overlay overlay = new(live, "mkdir -p usr/bin usr/lib 'back\\tslash'; ln -s usr/bin bin; echo 1 >'back\\tslash/old'", "echo 1 >usr/bin/new; echo 1 >'back\\tslash/new'; rm 'back\\tslash/old'; chmod 700 'back\\tslash'");
        Assert.Equal(expected.Split('|'), overlay.Changes("diff --json " + directory));
    }

    [Fact]
    public void No_name_speaks_to_the_terminal()
    {
        using LiveShell live = new();
        using Overlay overlay = new(live, "", "echo 1 >\"$(printf 'red\\033[31m\\r\\177\\n.')\"");
        Assert.Equal("A            2 /red\\033[31m\\015\\177\\n.\n1 added, 0 modified, 0 deleted; 2 bytes\n", overlay.Run("diff").Output);
    }

    /// <summary>A live root made by one script and changed by another.</summary>
    private sealed class Overlay : IDisposable
    {
        private readonly LiveShell _live;

        public Overlay(LiveShell live, string lower, string change)
        {
            _live = live;
            Tools.RequireRoot();
            live.Write("setup", $$"""
                set -e
                cd '{{live["run/lower"]}}'
                {{lower}}
                mkdir '{{live["root"]}}'
                mount -t tmpfs tmpfs '{{live["run/upper"]}}'
                mkdir '{{live["run/upper"]}}/root' '{{live["run/upper"]}}/work'
                mount -t overlay overlay -o 'lowerdir={{live["run/lower"]}},upperdir={{live["run/upper"]}}/root,workdir={{live["run/upper"]}}/work' '{{live["root"]}}'
                """.ReplaceLineEndings("\n"));
            (int exitCode, string output) = Tools.TryRun("sh", live["setup"]);
            if (exitCode != 0)
            {
                Dispose();
                Assert.Skip($"no overlay can be mounted here: {output}");
            }
            live.Write("change", $"set -e\ncd '{live["root"]}'\n{change}\n");
            Tools.Run("sh", live["change"]);
            string part = live["command/50-diff.sh"];
            File.WriteAllText(part, File.ReadAllText(part).Replace("mount --bind / ", $"mount --bind '{live["root"]}' ", StringComparison.Ordinal));
        }

        public (int ExitCode, string Output) Run(string arguments) => _live.Run(arguments);

        /// <summary>Kind, type, path and size of all entries, ordered.</summary>
        public string[] Changes(string arguments)
        {
            // As bytes, since a text would have what is no UTF-8 put right on its way here.
            (int exitCode, string output) = Run($"{arguments} >'{_live["json"]}'");
            Assert.True(exitCode == 0, output);
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(_live["json"]));
            Schemas.Check("rpilive-diff", document.RootElement);
            return [.. document.RootElement.GetProperty("entries").EnumerateArray().Select(entry =>
                $"{entry.GetProperty("kind").GetString()} {entry.GetProperty("type").GetString()} {entry.GetProperty("path").GetString()} {entry.GetProperty("bytes").GetInt64()}").Order(StringComparer.Ordinal)];
        }

        public void Dispose() => Tools.TryRun("umount", _live["root"], _live["run/upper"]);
    }
}
