using RpiLive.Core.Errors;
using RpiLive.Core.Fat;
using RpiLive.Core.Imaging.Editing;
using RpiLive.Core.Imaging.Initramfs;
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
        using LiveImageReader reader = LiveImageReader.Open(path);
        return reader.Image;
    }

    /// <summary>Reads what can be read of a live image; what cannot is in <see cref="LiveImage.Damage"/>.</summary>
    /// <param name="path">Full path of the image.</param>
    /// <exception cref="ImageException"><see cref="ErrorIds.NotLive"/>, or there is no boot volume that could be read at all.</exception>
    public static LiveImage OpenDamaged(string path)
    {
        using FileSource source = new(path);
        MasterBootRecord table = MasterBootRecord.Read(source);
        List<ImageException> faults = [];
        DirectoryNode boot = BootVolume.Open(BootVolume.Find(table, source), source).ReadDamaged(faults, out _, CancellationToken.None);
        FileNode? root = FatPath.FindFile(boot, LiveLayout.RootPath);
        if (root is null && FatPath.FindFile(boot, LiveLayout.DocumentPath) is null && FatPath.FindFile(boot, LiveSettings.Path) is null)
            throw LiveContent.NotLive(path);
        if (root is null)
            faults.Add(ImageException.Corrupt("LiveImage", path, $"{LiveLayout.RootPath} is missing"));
        long length = root?.Content.Length ?? 0;
        ImageDocument document = Try(() => LiveContent.ReadDocument(LiveContent.Find(boot, LiveLayout.DocumentPath, path), path), faults) ?? ImageDocument.Unknown(length);
        LiveSettings settings = Try(() => LiveContent.ReadSettings(LiveContent.Find(boot, LiveSettings.Path, path), path), faults) ?? new LiveSettings();
        if (root is not null && length != document.Root.Length)
            faults.Add(LiveContent.OtherLength(path, length, document.Root.Length));
        return document.ToLiveImage(path, source.Length, settings) with
        {
            Damage = [.. faults.Select(fault => fault.Message)],
            Partition = PartitionStore.Find(table, source) is { } partition ? new(partition.Length) : null,
            Container = FatPath.FindFile(boot, LiveLayout.ContainerPath) is { } container ? new(container.Content.Length) : null,
        };
    }

    private static T? Try<T>(Func<T> read, List<ImageException> faults)
        where T : class
    {
        try
        {
            return read();
        }
        catch (ImageException error)
        {
            faults.Add(error);
            return null;
        }
    }
}
