using System.Security.Cryptography;
using System.Text;
using RpiLive.Core.Ext4;
using RpiLive.Core.Fat;
using RpiLive.Core.Imaging;
using RpiLive.Core.Partitions;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;
using RpiLive.Tests.Fat;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Editing;

/// <summary>All that a live image says to its readers, as text.</summary>
internal static class LiveState
{
    public static string Read(string path)
    {
        LiveImage image = LiveImageFile.Open(path);
        using FileSource source = new(path);
        MasterBootRecord table = MasterBootRecord.Read(source);
        DirectoryNode boot = Boot(table, source);
        SortedDictionary<string, string> files = Volumes.List(boot);

        // An empty folder is no store.
        files.Remove(LiveLayout.ContainerFolder + "/");
        StringBuilder text = new();
        foreach ((string name, string what) in files)
            text.AppendLine($"{name} {what}");
        text.AppendLine($"{image.RootMode} {image.Partition} {image.Container}");
        if (image.Partition is not null)
            Add("partition", source.Slice(table.Partitions[1].FirstByte, table.Partitions[1].Length, "partition 2"));
        if (image.Container is not null)
            Add("container", new MemorySource(FatPath.FindFile(boot, LiveLayout.ContainerPath)!.Content.ReadAll(), "container"));
        return text.ToString();

        void Add(string what, RandomAccessSource store)
        {
            Ext4Volume volume = Ext4Volume.Open(store);
            byte[] bytes = new byte[store.Length];
            store.ReadExactly(0, bytes);
            text.AppendLine($"{what} {volume.Id} {volume.Label} {Convert.ToHexString(SHA256.HashData(bytes))}");
            foreach (string line in MountedTree.Describe(volume.ReadTree()))
                text.AppendLine(line);
        }
    }

    public static DirectoryNode Boot(MasterBootRecord table, RandomAccessSource source) =>
        FatVolume.Open(source.Slice(table.Partitions[0].FirstByte, table.Partitions[0].Length, "boot")).ReadTree();
}
