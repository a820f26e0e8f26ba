using RpiLive.Core.Partitions;
using RpiLive.Core.Streams;
using RpiLive.Tests.Fat;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Editing;

/// <summary>What other programs say of a live image.</summary>
internal static class Judges
{
    /// <summary>fsck.vfat finds nothing.</summary>
    public static void CheckBootVolume(string path) => Assert.Empty(FindingsOnBootVolume(path));

    /// <summary>What fsck.vfat finds, in lines.</summary>
    public static string[] FindingsOnBootVolume(string path)
    {
        Tools.Require("fsck.vfat");
        string part = Extract(path, 1);
        (_, string output) = Tools.TryRun("fsck.vfat", "-n", part);
        File.Delete(part);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith("fsck.fat ", StringComparison.Ordinal) && !line.Contains(" files, ", StringComparison.Ordinal))];
    }

    /// <summary>The settings as mtools read them.</summary>
    public static string ReadSettings(string path)
    {
        Tools.Require("mtype");
        return Tools.Run("mtype", "-i", path + "@@8M", "::live/rpilive.conf");
    }

    /// <summary>e2fsck finds nothing in a file system, which is deleted then.</summary>
    public static void CheckExt4(string part)
    {
        Tools.Require("e2fsck");
        Tools.Run("e2fsck", "-fn", part);
        File.Delete(part);
    }

    /// <summary>The container as mtools read it.</summary>
    public static string ExtractContainer(string path)
    {
        Tools.Require("mcopy");
        Tools.Run("mcopy", "-n", "-i", path + "@@8M", "::live/keep/store.ext4", path + ".container");
        return path + ".container";
    }

    /// <summary>A partition as a file of its own, with holes.</summary>
    public static string Extract(string path, int number)
    {
        using FileSource source = new(path);
        MbrPartition partition = MasterBootRecord.Read(source).Partitions.Single(partition => partition.Number == number);
        string part = $"{path}.{number}";
        Tools.Run("dd", $"if={path}", $"of={part}", "bs=1M", "iflag=skip_bytes,count_bytes", $"skip={partition.FirstByte}", $"count={partition.Length}", "conv=sparse", "status=none");
        using FileStream file = new(part, FileMode.Open);
        file.SetLength(partition.Length);
        return part;
    }
}
