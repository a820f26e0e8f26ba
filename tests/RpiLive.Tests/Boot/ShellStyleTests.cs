using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Boot;

public sealed class ShellStyleTests
{
    [Fact]
    public void Shellcheck_finds_nothing_in_init_and_its_parts()
    {
        Tools.Require("shellcheck");
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder["parts"]);
        foreach (string script in BootScripts.Parts().Append("init"))
            File.WriteAllBytes(folder[script], BootScripts.Read(script));
        Assert.Equal("", Tools.Run("shellcheck", "-s", "sh", "-x", "-a", "--source-path=SCRIPTDIR", folder["init"]));
    }

    [Fact]
    public void Shellcheck_finds_nothing_in_the_init_of_base_images()
    {
        Tools.Require("shellcheck");
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder["parts"]);
        Directory.CreateDirectory(folder["base"]);
        foreach (string script in BootScripts.Parts().Append("base/init").Append("base/10-root.sh"))
            File.WriteAllBytes(folder[script], BootScripts.Read(script));
        Assert.Equal("", Tools.Run("shellcheck", "-s", "sh", "-x", "-a", "--source-path=SCRIPTDIR", folder["base/init"]));
    }

    [Fact]
    public void Init_sources_every_part_in_order()
    {
        string[] sourced = [.. Lines("init").Where(line => line.StartsWith(". ", StringComparison.Ordinal))];
        Assert.Equal(BootScripts.Parts().Select(part => $". \"$PARTS/{part["parts/".Length..]}\""), sourced);
        Assert.True(sourced.Length >= 10, "The parts are embedded.");
    }

    [Fact]
    public void Scripts_have_Unix_line_ends_and_tabs()
    {
        foreach (string script in BootScripts.Parts().Append("init").Append("base/init").Append("base/10-root.sh"))
        {
            Assert.DoesNotContain((byte)'\r', BootScripts.Read(script));
            Assert.DoesNotContain(Lines(script), line => line.StartsWith(' '));
        }
    }

    [Fact]
    public void The_only_file_systems_mounted_for_writing_are_in_memory_or_stores()
    {
        string[] inMemory = ["proc", "sysfs", "devtmpfs", "tmpfs", "ramfs", "overlay"];
        string[] stores = ["parts/64-volumes.sh", "parts/66-stores.sh"];
        foreach (string script in BootScripts.Parts().Append("init").Except(stores))
        {
            foreach (string line in Lines(script).Where(line => line.TrimStart().StartsWith("mount -t ", StringComparison.Ordinal)))
            {
                string[] words = line.Trim().Split(' ');
                Assert.True(inMemory.Contains(words[2]) || words[4].TrimStart('"').Split(',')[0] == "ro", line);
            }
        }
    }

    private static string[] Lines(string script) => System.Text.Encoding.UTF8.GetString(BootScripts.Read(script)).Split('\n');
}
