using RpiLive.Core.Ext4.Making;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Ext4.Making;

/// <summary>File systems that we made, and those who judge them.</summary>
internal static class NewVolumes
{
    public static readonly Timestamp Time = new(1_750_000_000);

    public static Ext4Options Options(int reserved = 0) => new()
    {
        Id = new Guid("3e6be9de-8139-11d1-9106-a43f08d823a6"),
        HashSeed = new Guid("01234567-89ab-4cde-8f01-23456789abcd"),
        Timestamp = Time,
        Label = "RPILIVE",
        ReservedPercent = reserved,
    };

    /// <summary>A root directory as the maker would complete it.</summary>
    public static DirectoryNode Root()
    {
        DirectoryNode root = new() { Permissions = 0x1ED, ModifiedTime = Time };
        root.Children.Add("lost+found", new DirectoryNode { Permissions = 0x1C0, ModifiedTime = Time });
        return root;
    }

    /// <summary>Makes a file of that length with a file system in it.</summary>
    public static Ext4Summary Make(string path, long length, DirectoryNode? tree = null, Ext4Options? options = null)
    {
        using DestinationFile file = new(path, overwrite: true);
        Ext4Summary summary = Ext4Maker.Make(file.Target, length, options ?? Options(), tree, TestContext.Current.CancellationToken);
        file.Target.SetLength(length);
        file.Commit();
        return summary;
    }

    /// <summary>Fails unless e2fsck finds nothing at all.</summary>
    public static void Check(string path)
    {
        Tools.Require("e2fsck");
        (int exitCode, string output) = Tools.TryRun("e2fsck", "-fn", path);
        string[] lines = [.. output.Split('\n').Where(line => line.Length > 0
            && !line.StartsWith("e2fsck ", StringComparison.Ordinal) && !line.StartsWith("Pass ", StringComparison.Ordinal))];
        Assert.True(exitCode == 0 && lines.Length == 1 && lines[0].Contains("blocks", StringComparison.Ordinal), $"e2fsck exited {exitCode}:\n{output}");
    }

    /// <summary>What dumpe2fs says of the superblock.</summary>
    public static Dictionary<string, string> Dump(string path)
    {
        Tools.Require("dumpe2fs");
        return Tools.Run("dumpe2fs", "-h", path).Split('\n').Select(line => line.Split(':', 2)).Where(parts => parts.Length == 2)
            .GroupBy(parts => parts[0]).ToDictionary(lines => lines.Key, lines => lines.First()[1].Trim());
    }
}
