using RpiLive.Core.Errors;
using RpiLive.Core.Ext4;
using RpiLive.Core.Ext4.Making;
using RpiLive.Core.Partitions;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Editing;

/// <summary>The store in partition 2: an ext4 file system with a label of its own.</summary>
/// <param name="disk">The image.</param>
/// <param name="content">What the image is.</param>
internal sealed class PartitionStore(EditedDisk disk, LiveContent content)
{
    private const int Number = 2;
    private const byte LinuxType = 0x83;

    /// <summary>The partition of the store; null when there is none, or one of somebody else.</summary>
    public static MbrPartition? Find(MasterBootRecord table, RandomAccessSource image) => table.Partitions.FirstOrDefault(
        partition => partition is { Number: Number, Type: LinuxType } && Ext4Volume.ReadLabel(View(image, partition)) == LiveLayout.StoreLabel);

    /// <summary>What it holds; null when there is no store.</summary>
    /// <exception cref="ImageException">The file system is damaged.</exception>
    public DirectoryNode? Read(CancellationToken cancellation)
    {
        RandomAccessSource image = disk.Medium.Content;
        return Find(disk.Table, image) is { } partition ? Ext4Volume.Open(View(image, partition), cancellation).ReadTree(cancellation) : null;
    }

    /// <summary>
    /// Makes the store. A store that is there stays as it is until the new one is complete behind it, and the table leads to that
    /// one; then the new one is copied to the place of the old one, and the table leads there.
    /// </summary>
    /// <param name="length">Bytes, whole units.</param>
    /// <param name="tree">What it shall hold; null for what it holds.</param>
    /// <param name="cancellation">Ends the work as long as the old store counts.</param>
    public void Set(long length, DirectoryNode? tree, CancellationToken cancellation)
    {
        RandomAccessSource image = disk.Medium.Content;
        MasterBootRecord table = disk.Table;
        MbrPartition boot = disk.Boot;
        MbrPartition? present = Find(table, image);
        if (table.Partitions.FirstOrDefault(other => other != boot && other != present) is { } foreign)
            throw disk.Foreign(foreign);
        if (boot.Number == Number || present?.FirstByte < boot.End)
            throw disk.Foreign(boot);

        long home = StoreOptions.RoundUp(boot.End);
        MbrPartition made;
        if (present is not null && present.Length == length && tree is null)
        {
            made = present;
        }
        else
        {
            long first = present is null ? home : StoreOptions.RoundUp(Math.Max(present.End, home + length));
            made = new(Number, LinuxType, first, length);
            Make(made, tree ?? Read(cancellation), cancellation);
        }
        MoveTo(home, made);
    }

    /// <summary>Takes the store away.</summary>
    public void Remove()
    {
        if (Find(disk.Table, disk.Medium.Content) is null)
            return;
        disk.Change(Number, null);
        disk.Trim();
        disk.Medium.Flush();
    }

    private static RandomAccessSource View(RandomAccessSource image, MbrPartition partition) =>
        image.Slice(partition.FirstByte, partition.Length, $"{image.Name} (partition {partition.Number})");

    private void Make(MbrPartition partition, DirectoryNode? tree, CancellationToken cancellation)
    {
        disk.Trim();
        try
        {
            disk.Reach(partition.End);
            Ext4Options options = StoreOptions.For("partition", disk.Table.DiskId, content);
            Ext4Maker.Make(disk.Medium.From(partition.FirstByte), partition.Length, options, tree, cancellation);
            disk.Change(Number, partition);
        }
        catch
        {
            disk.Trim();
            throw;
        }
    }

    /// <summary>Copies the store to the place right behind the boot volume, where nothing of it lies yet, so that the card has no gap.</summary>
    private void MoveTo(long home, MbrPartition store)
    {
        if (store.FirstByte < home + store.Length)
            return;
        RandomAccessSource image = disk.Medium.Content;
        SparseCopy.Run(
            View(image, store), image.Slice(home, store.Length, image.Name), disk.Medium.From(home), store.Length, CancellationToken.None);
        disk.Change(Number, store with { FirstByte = home });
        disk.Trim();
        disk.Medium.Flush();
    }
}
