using RpiLive.Core.Errors;
using RpiLive.Core.Ext4;
using RpiLive.Core.Ext4.Making;
using RpiLive.Core.Fat.Editing;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Editing;

/// <summary>The store in a container file on the boot volume: an ext4 file system in a file whose clusters are all allocated.</summary>
/// <param name="disk">The image.</param>
/// <param name="volume">Its boot volume.</param>
/// <param name="content">What the image is.</param>
internal sealed class ContainerStore(EditedDisk disk, Fat32Editor volume, LiveContent content)
{
    /// <summary>For the folder, and the folder that it lies in.</summary>
    private const int SpareClusters = 4;

    /// <summary>Bytes of the container file; null when there is none.</summary>
    public long? Length => volume.OpenFile(LiveLayout.ContainerPath)?.Length;

    /// <summary>What it holds; null when there is no container.</summary>
    /// <exception cref="ImageException">The file system is damaged.</exception>
    public DirectoryNode? Read(CancellationToken cancellation) => volume.OpenFile(LiveLayout.ContainerPath) is { } file
        ? Ext4Volume.Open(new ContentSource(file, $"{disk.Path} ({LiveLayout.ContainerPath})"), cancellation).ReadTree(cancellation)
        : null;

    /// <summary>Makes the container in free clusters; then the directory entry leads to it instead of the old one.</summary>
    /// <param name="length">Bytes, whole units.</param>
    /// <param name="tree">What it shall hold; null for what it holds.</param>
    /// <param name="cancellation">Ends the work as long as the old container counts.</param>
    public void Set(long length, DirectoryNode? tree, CancellationToken cancellation)
    {
        long present = Length ?? 0;
        if (present == length && tree is null)
            return;
        if (length > volume.MaxFileLength)
        {
            throw new ImageException(ErrorIds.TooLarge, ImageErrorKind.Destination,
                $"{disk.Path}: a container of {length:N0} bytes is too large; a file on FAT32 can have {volume.MaxFileLength:N0}.",
                "Make it smaller, or keep the data on a partition.");
        }
        tree ??= Read(cancellation);
        long before = volume.Length;

        // The free space for other files stays as it is where the volume can grow by the size of the container.
        long room = length + SpareClusters * volume.ClusterSize;
        long missing = volume.MissingForOnePiece(room), growth = Math.Max(missing, length - present);
        if (growth > 0 && !disk.TryResize(volume, before + growth) && missing > 0)
            disk.TryResize(volume, before + missing);
        try
        {
            if (volume.FreeBytes < room)
                throw NoRoom(length);
            volume.WriteFile(LiveLayout.ContainerPath, length, content.Timestamp, target =>
            {
                volume.Clear(target, length, cancellation);
                Ext4Maker.Make(target, length, StoreOptions.For("container", disk.Table.DiskId, content), tree, cancellation);
            });
        }
        catch
        {
            TryShrink(volume.Length - before);
            throw;
        }
        TryShrink(present);
    }

    /// <summary>Takes the container away, and the folder for it when nothing else is in it.</summary>
    public void Remove()
    {
        long present = Length ?? 0;
        volume.Delete(LiveLayout.ContainerPath);
        if (volume.IsEmptyDirectory(LiveLayout.ContainerFolder))
            volume.Delete(LiveLayout.ContainerFolder);
        TryShrink(present);
    }

    private ImageException NoRoom(long length) => new(
        ErrorIds.NoRoom, ImageErrorKind.Destination,
        $"{disk.Path}: a container of {length:N0} bytes does not fit: the boot volume has {volume.FreeBytes:N0} bytes free and cannot grow by so much, "
        + (disk.HasNeighbour ? "because of the partition behind it." : "because of the size of its tables."),
        "Make the container smaller, remove files from the boot volume, or keep the data on a partition or a USB drive.");

    /// <summary>
    /// Gives back room that the volume has grown by: it ends where the free space behind its last file is as large as that of a
    /// new image. Whether that can be done has nothing to do with whether the edit is done.
    /// </summary>
    private void TryShrink(long most)
    {
        long length = Math.Max(StoreOptions.RoundUp(volume.UsedLength + LiveLayout.FreeBytes), volume.Length - most);
        if (length >= volume.Length || disk.HasNeighbour)
            return;
        try
        {
            disk.TryResize(volume, length);
        }
        catch (ImageException)
        {
            // The volume stays as large as it is.
        }
    }
}
