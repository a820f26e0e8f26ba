using System.Text.Json;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Live;

/// <summary>rpilive diff on an overlay of the kernel's.</summary>
public sealed class DiffTests
{
    private const string Lower = """
        mkdir -p a/b gone/sub same opaque dirfile/x filedir0 keep
        echo 1 >a/f; echo 22 >gone/sub/g; echo s >same/s; echo o >opaque/one; echo t >opaque/two; echo x >dirfile/x/deep; echo y >"a/with space"
        ln -s t a/l; echo v >filedir; echo h >hard; ln hard hard2; echo moved >from; mkdir onlymode; echo c >owner
        printf x >"a/q\"uote\\ back"
        """;

    private const string Script = """
        echo more >>a/f; rm -r gone; rm -r opaque; mkdir opaque; echo new >opaque/one; echo 3 >opaque/three; rm -r dirfile; echo file >dirfile
        rm "a/with space"; rm "a/q\"uote\\ back"; mkdir -p n/e/w; echo deep >n/e/w/deep; ln -s nowhere n/link; touch -h -d 2001-01-01 a/l
        rm filedir; mkdir filedir; echo i >filedir/inner; mv from to; chmod 700 onlymode; chown 5:6 owner; echo hh >>hard
        printf xx >"$(printf 'n/bad\377\303\251\tq"\\\nline')"
        """;

    [Fact]
    public void Everything_that_a_script_did_is_listed_once_and_nothing_else()
    {
        using LiveShell live = new();
        if (!Mount(live))
            Assert.Skip("needs root, and a kernel with overlayfs, to mount an overlay");
        try
        {
            (int exitCode, string output) = Changes(live, "diff --json");
            Assert.True(exitCode == 0, output);
            using JsonDocument document = JsonDocument.Parse(output);
            Schemas.Check("rpilive-diff", document.RootElement);
            Assert.Equal(
                ((string[])[
                    "Modified File /a/f 7", "Deleted Directory /gone 0", "Deleted Directory /gone/sub 0", "Deleted File /gone/sub/g 3", "Modified File /opaque/one 4",
                    "Deleted File /opaque/two 2", "Created File /opaque/three 2", "Modified File /dirfile 5", "Deleted Directory /dirfile/x 0", "Deleted File /dirfile/x/deep 2",
                    "Deleted File /a/with space 2", "Deleted File /a/q\"uote\\ back 1", "Created Directory /n 0", "Created Directory /n/e 0", "Created Directory /n/e/w 0",
                    "Created File /n/e/w/deep 5", "Created Link /n/link 7", "Modified Link /a/l 1", "Modified Directory /filedir 0", "Created File /filedir/inner 2",
                    "Deleted File /from 6", "Created File /to 6", "Modified Directory /onlymode 0", "Modified File /owner 2", "Modified File /hard 5",
                    "Created File /n/bad\uFFFDé\tq\"\\\nline 2",
                ]).Order(StringComparer.Ordinal),
                document.RootElement.GetProperty("entries").EnumerateArray().Select(entry =>
                    $"{entry.GetProperty("kind").GetString()} {entry.GetProperty("type").GetString()} {entry.GetProperty("path").GetString()} {entry.GetProperty("bytes").GetInt64()}")
                    .Order(StringComparer.Ordinal));
            Assert.Equal((9, 8, 9), (document.RootElement.GetProperty("created").GetInt32(), document.RootElement.GetProperty("modified").GetInt32(), document.RootElement.GetProperty("deleted").GetInt32()));
            long[] sizes = [.. document.RootElement.GetProperty("entries").EnumerateArray().Where(entry => entry.GetProperty("type").GetString() != "Directory").Select(entry => entry.GetProperty("bytes").GetInt64())];
            Assert.Equal(sizes.OrderDescending(), sizes);
            Assert.Empty(Directory.GetFileSystemEntries(live["run"], "diff.*"));

            Assert.Equal("D            3 /gone/sub/g", Changes(live, "diff /gone").Output.Split('\n').Single(line => line.EndsWith("/g", StringComparison.Ordinal)));
            Assert.EndsWith("0 added, 1 modified, 2 deleted; 5 bytes\n", Changes(live, "diff /dirfile").Output, StringComparison.Ordinal);
            Assert.EndsWith("0 added, 1 modified, 0 deleted; 0 bytes\n", Changes(live, "diff /onlymode/").Output, StringComparison.Ordinal);
            Assert.Equal("0 added, 0 modified, 0 deleted; 0 bytes\n", Changes(live, "diff /same").Output);
            Assert.Equal("0 added, 0 modified, 0 deleted; 0 bytes\n", Changes(live, "diff /nowhere").Output);
        }
        finally
        {
            Tools.TryRun("umount", [live["root"], live["run/upper"]]);
        }
    }

    [Fact]
    public void It_needs_root()
    {
        using LiveShell live = new();
        Assert.Equal((2, "rpilive: diff needs root; try: sudo rpilive diff\n"), live.Run("diff", "id() { echo 1000; }"));
    }

    /// <summary>With the test's overlay in the place of /.</summary>
    private static (int ExitCode, string Output) Changes(LiveShell live, string arguments)
    {
        string part = live["command/50-diff.sh"];
        File.WriteAllText(part, File.ReadAllText(part).Replace("mount --bind / ", $"mount --bind '{live["root"]}' ", StringComparison.Ordinal));
        return live.Run(arguments);
    }

    private static bool Mount(LiveShell live)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            return false;
        live.Write("setup", $$"""
            set -e
            cd '{{live["run/lower"]}}'
            {{Lower}}
            mkdir '{{live["root"]}}' '{{live["tmp"]}}'
            # The kernel wants an upper layer that is no overlay itself.
            mount -t tmpfs tmpfs '{{live["run/upper"]}}'
            mkdir '{{live["run/upper"]}}/root' '{{live["run/upper"]}}/work'
            mount -t overlay overlay -o 'lowerdir={{live["run/lower"]}},upperdir={{live["run/upper"]}}/root,workdir={{live["run/upper"]}}/work' '{{live["root"]}}'
            """.ReplaceLineEndings("\n"));
        return Tools.TryRun("sh", [live["setup"]]).ExitCode == 0 && Tools.TryRun("sh", ["-c", $"cd '{live["root"]}' && " + Script.ReplaceLineEndings("\n")]).ExitCode == 0;
    }
}
