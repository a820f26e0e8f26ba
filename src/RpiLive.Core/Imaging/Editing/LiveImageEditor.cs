using System.Text;
using RpiLive.Core.Errors;
using RpiLive.Core.Ext4.Making;
using RpiLive.Core.Fat.Editing;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Partitions;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Editing;

/// <summary>
/// Changes a live image file in place. Every edit is a sequence of writes and flushes that can be cut anywhere: the image then reads as
/// the old or the new one, and the next <see cref="Open(string)"/> clears away what is left. For one thread.
/// </summary>
public sealed class LiveImageEditor : IDisposable
{
    private readonly string _path;
    private readonly EditedDisk _disk;
    private readonly Fat32Editor _boot;
    private readonly PartitionStore _partition;
    private readonly ContainerStore _container;
    private LiveContent _content;
    private byte[]? _settingsText;
    private LiveImage? _image;

    private LiveImageEditor(EditedMedium medium, string path, CancellationToken cancellation)
    {
        _path = path;
        _disk = new(medium, path);
        MbrPartition partition = _disk.Boot;
        _boot = Fat32Editor.Open(medium, partition.FirstByte, partition.Length, $"{path} (partition {partition.Number})", cancellation);
        _content = LiveContent.Read(_boot.Tree, path);
        _settingsText = _content.SettingsFile.ReadAll();
        RootFileSystem = new ContentSource(_content.Root, $"{path} ({LiveLayout.RootPath})");
        _partition = new(_disk, _content);
        _container = new(_disk, _boot, _content);
        _boot.Repair(cancellation);
    }

    /// <summary>The image as <see cref="LiveImageFile.Open"/> gives it, after the last edit.</summary>
    public LiveImage Image => _image ??= Describe();

    /// <summary>The live settings.</summary>
    public LiveSettings Settings => _content.Settings;

    /// <summary>The squashfs, valid until disposal.</summary>
    public RandomAccessSource RootFileSystem { get; }

    /// <summary>The store in partition 2; null when there is none.</summary>
    public CardStore? Partition => Image.Partition;

    /// <summary>The store in a container file on the boot volume; null when there is none.</summary>
    public CardStore? Container => Image.Container;

    /// <summary>Opens a live image; nobody else can open it meanwhile. Repairs what an edit that was cut short has left.</summary>
    /// <param name="path">Full path of the image.</param>
    /// <exception cref="ImageException">
    /// What <see cref="LiveImageFile.Open"/> throws; <see cref="ErrorIds.ImageInUse"/>; <see cref="ErrorIds.DestinationUnwritable"/>.
    /// </exception>
    public static LiveImageEditor Open(string path) => Open(new EditedFile(path), path);

    /// <summary>Opens an image on another medium, which becomes the editor's.</summary>
    internal static LiveImageEditor Open(EditedMedium medium, string path, CancellationToken cancellation = default)
    {
        try
        {
            return new(medium, path, cancellation);
        }
        catch
        {
            medium.Dispose();
            throw;
        }
    }

    /// <summary>Replaces the live settings; writes nothing when they are the same.</summary>
    /// <param name="settings">The settings.</param>
    /// <exception cref="ImageException">
    /// <see cref="ErrorIds.TooLarge"/> when /init could not read them, <see cref="ErrorIds.NoRoom"/>, or an error of the host.
    /// </exception>
    public void WriteSettings(LiveSettings settings)
    {
        byte[] text = Encoding.UTF8.GetBytes(settings.Format());
        if (text.Length > LiveSettings.MaxLength)
        {
            throw new ImageException(ErrorIds.TooLarge, ImageErrorKind.Destination,
                $"{_path}: the live settings would have {text.Length:N0} bytes; {LiveSettings.MaxLength:N0} can be read at boot.", "Remove some of them.");
        }
        if (!text.AsSpan().SequenceEqual(_settingsText))
        {
            // An edit that fails may have been done all the same.
            _settingsText = null;
            if (_boot.FreeBytes < LiveSettings.MaxLength)
                _disk.TryResize(_boot, _boot.Length + LiveLayout.FreeBytes);
            _boot.WriteFile(LiveSettings.Path, text, _content.Timestamp);
            _settingsText = text;
        }
        _content = _content with { Settings = settings };
        _image = null;
    }

    /// <summary>
    /// Makes the store in partition 2, or makes it anew with another length or content. Nothing is written when it has that length
    /// and <paramref name="tree"/> is null.
    /// </summary>
    /// <param name="length">Bytes, from <see cref="Ext4Maker.MinLength"/> on; rounded up to whole MiB.</param>
    /// <param name="tree">What it shall hold; null for what it holds, or nothing. May hold files of <see cref="ReadPartition"/>.</param>
    /// <param name="cancellation">Ends the work; the image is the old one then.</param>
    /// <exception cref="ImageException">
    /// <c>UnsupportedLiveImage</c>: another partition is in the way. <see cref="ErrorIds.TooLarge"/>: the length, or the tree for it.
    /// Or an error of the host, or of the tree.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void SetPartition(long length, DirectoryNode? tree, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, Ext4Maker.MinLength);
        Edit(() => _partition.Set(StoreOptions.RoundUp(length), tree, cancellation));
    }

    /// <summary>
    /// Makes the store in a container file on the boot volume, or makes it anew with another length or content; the volume grows
    /// where it can. Nothing is written when it has that length and <paramref name="tree"/> is null.
    /// </summary>
    /// <param name="length">Bytes, from <see cref="Ext4Maker.MinLength"/> to 4,095 MiB; rounded up to whole MiB.</param>
    /// <param name="tree">What it shall hold; null for what it holds, or nothing. May hold files of <see cref="ReadContainer"/>.</param>
    /// <param name="cancellation">Ends the work; the image is the old one then.</param>
    /// <exception cref="ImageException">
    /// <see cref="ErrorIds.NoRoom"/>: the boot volume cannot hold it, and cannot grow. <see cref="ErrorIds.TooLarge"/>: the length, or
    /// the tree for it. Or an error of the host, or of the tree.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void SetContainer(long length, DirectoryNode? tree, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, Ext4Maker.MinLength);
        Edit(() => _container.Set(StoreOptions.RoundUp(length), tree, cancellation));
    }

    /// <summary>Takes the store in partition 2 away, with all that is in it.</summary>
    /// <exception cref="ImageException">An error of the host.</exception>
    public void RemovePartition() => Edit(_partition.Remove);

    /// <summary>Takes the container file away, with all that is in it.</summary>
    /// <exception cref="ImageException">An error of the host.</exception>
    public void RemoveContainer() => Edit(_container.Remove);

    /// <summary>What the store in partition 2 holds, valid until it is changed; null when there is none.</summary>
    /// <exception cref="ImageException">Its file system is damaged.</exception>
    public DirectoryNode? ReadPartition() => _partition.Read(CancellationToken.None);

    /// <summary>What the container holds, valid until it is changed; null when there is none.</summary>
    /// <exception cref="ImageException">Its file system is damaged.</exception>
    public DirectoryNode? ReadContainer() => _container.Read(CancellationToken.None);

    /// <summary>Lets go of the image file.</summary>
    public void Dispose() => _disk.Medium.Dispose();

    private void Edit(Action edit)
    {
        try
        {
            edit();
        }
        finally
        {
            _image = null;
        }
    }

    private LiveImage Describe()
    {
        RandomAccessSource image = _disk.Medium.Content;
        return _content.Document.ToLiveImage(_path, image.Length, Settings) with
        {
            Partition = PartitionStore.Find(_disk.Table, image) is { } partition ? new(partition.Length) : null,
            Container = _container.Length is { } length ? new(length) : null,
        };
    }
}
