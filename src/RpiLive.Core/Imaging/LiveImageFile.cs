using RpiLive.Core.Errors;
using RpiLive.Core.Fat;
using RpiLive.Core.Imaging.Editing;
using RpiLive.Core.Partitions;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging;

/// <summary>Opens live image files.</summary>
public static class LiveImageFile
{
    /// <summary>Reads what a live image says of itself.</summary>
    /// <param name="path">Full path of the image.</param>
    /// <exception cref="ImageException"><see cref="ErrorIds.NotLive"/>, or the file is no image or damaged.</exception>
    public static LiveImage Open(string path)
    {
        using FileSource source = new(path);
        MasterBootRecord table = MasterBootRecord.Read(source);
        DirectoryNode boot = BootVolume.Open(BootVolume.Find(table, source), source).ReadTree();
        LiveContent content = LiveContent.Read(boot, path);
        return content.Document.ToLiveImage(path, source.Length, content.Settings.Root) with
        {
            Partition = PartitionStore.Find(table, source) is { } partition ? new(partition.Length) : null,
            Container = FatPath.FindFile(boot, LiveLayout.ContainerPath) is { } container ? new(container.Content.Length) : null,
        };
    }
}
