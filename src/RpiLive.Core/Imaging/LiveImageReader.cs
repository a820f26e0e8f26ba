using RpiLive.Core.Errors;
using RpiLive.Core.Fat;
using RpiLive.Core.Imaging.Editing;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Partitions;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging;

/// <summary>A live image file that is open for reading.</summary>
public sealed class LiveImageReader : IDisposable
{
    private readonly FileSource _source;

    private LiveImageReader(FileSource source)
    {
        _source = source;
        MasterBootRecord table = MasterBootRecord.Read(source);
        DirectoryNode boot = BootVolume.Open(BootVolume.Find(table, source), source).ReadTree();
        LiveContent content = LiveContent.Read(boot, source.Name);
        Settings = content.Settings;
        RootFileSystem = new ContentSource(content.Root, $"{source.Name} ({LiveLayout.RootPath})");
        Image = content.Document.ToLiveImage(source.Name, source.Length, content.Settings) with
        {
            Partition = PartitionStore.Find(table, source) is { } partition ? new(partition.Length) : null,
            Container = FatPath.FindFile(boot, LiveLayout.ContainerPath) is { } container ? new(container.Content.Length) : null,
        };
    }

    /// <summary>What the image says of itself.</summary>
    public LiveImage Image { get; }

    /// <summary>The live settings.</summary>
    public LiveSettings Settings { get; }

    /// <summary>The squashfs, valid until disposal.</summary>
    public RandomAccessSource RootFileSystem { get; }

    /// <summary>Opens a live image.</summary>
    /// <param name="path">Full path of the image.</param>
    /// <exception cref="ImageException"><see cref="ErrorIds.NotLive"/>, or the file is no image or damaged.</exception>
    public static LiveImageReader Open(string path)
    {
        FileSource source = new(path);
        try
        {
            return new(source);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Lets go of the image file.</summary>
    public void Dispose() => _source.Dispose();
}
