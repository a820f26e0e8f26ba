using System.Buffers.Binary;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Ext4;

/// <summary>
/// An ext2, ext3 or ext4 file system, for reading. One with a dirty journal is read as if the journal had been replayed; the
/// source itself is never written. Members are safe to call from several threads at once.
/// </summary>
/// <remarks>Formats: Documentation/filesystems/ext4 of the Linux kernel; fs/ext4 and fs/jbd2 where that is silent.</remarks>
public sealed class Ext4Volume
{
    private readonly Ext4Device _device;
    private readonly GroupDescriptor[] _groups;
    private readonly FastCommit? _fastCommit;

    private Ext4Volume(Ext4Device device, GroupDescriptor[] groups, FastCommit? fastCommit, bool journalReplayed)
    {
        _device = device;
        _groups = groups;
        _fastCommit = fastCommit;
        JournalReplayed = journalReplayed;
        long free = 0;
        foreach (GroupDescriptor group in groups)
            free += group.FreeClusters;
        FreeBlocks = Math.Min(free * device.Superblock.ClusterRatio, BlockCount);
    }

    /// <summary>The volume label, at most 16 bytes of UTF-8; empty for none.</summary>
    public string Label => _device.Superblock.Label;

    /// <summary>The UUID, its text form as blkid prints it.</summary>
    public Guid Id => new(_device.Superblock.UuidBytes, bigEndian: true);

    /// <summary>Size of a block in bytes: 1,024 to 65,536.</summary>
    public int BlockSize => _device.BlockSize;

    /// <summary>Blocks of the file system.</summary>
    public long BlockCount => _device.Superblock.BlockCount;

    /// <summary>Free blocks by the group descriptors, which may lag behind in a file system that was not unmounted.</summary>
    public long FreeBlocks { get; }

    /// <summary>When the superblock was last written, to the second.</summary>
    public Timestamp LastWriteTime => new(_device.Superblock.LastWriteTime);

    /// <summary>True when the journal held changes that are not in their places yet, and this object shows them.</summary>
    public bool JournalReplayed { get; }

    /// <summary>True when <paramref name="source"/> has the magic number of ext2, ext3 and ext4; nothing else is checked.</summary>
    public static bool IsExt(RandomAccessSource source)
    {
        Span<byte> magic = stackalloc byte[2];
        return source.Read(Superblock.Offset + Superblock.MagicOffset, magic) == magic.Length
            && BinaryPrimitives.ReadUInt16LittleEndian(magic) == Superblock.Magic;
    }

    /// <summary>The label alone, without a look at anything else; null where there is no magic number.</summary>
    public static string? ReadLabel(RandomAccessSource source)
    {
        Span<byte> label = stackalloc byte[Superblock.LabelLength];
        return IsExt(source) && source.Read(Superblock.Offset + Superblock.LabelOffset, label) == label.Length ? Superblock.DecodeLabel(label) : null;
    }

    /// <summary>Opens the file system: reads its superblock, journal and group descriptors.</summary>
    /// <param name="source">The partition; must stay open as long as this object and the trees that it gives are in use.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="ImageException">CorruptExt4, UnsupportedExt4, <see cref="ErrorIds.ImageTruncated"/> or <see cref="ErrorIds.ImageUnreadable"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> asked for it.</exception>
    public static Ext4Volume Open(RandomAccessSource source, CancellationToken cancellation = default)
    {
        Ext4Device device = new(source, Superblock.Read(source));
        List<FastCommitRecord> records = [];
        bool isReplayed = false;
        if (device.Superblock.Has(IncompatFeatures.Recover) && OpenJournal(device, cancellation) is JournalLog { Superblock.Start: not 0 } log)
        {
            JournalRecovery recovery = JournalRecovery.Run(log, cancellation);
            records = FastCommitLog.Read(log, recovery.EndSequence);
            isReplayed = recovery.Blocks.Count > 0 || records.Count > 0;
            if (recovery.Blocks.Count > 0)
            {
                source = new JournalOverlay(source, device.BlockSize, recovery.Blocks);
                Superblock replayed = Superblock.Read(source);
                if (replayed.BlockSize != device.BlockSize || replayed.InodeSize != device.Superblock.InodeSize)
                    throw device.Corrupt("the journal changes the size of blocks or inodes");
                device = new Ext4Device(source, replayed);
            }
        }
        GroupDescriptor[] groups = GroupDescriptors.Read(device, device.Superblock.GroupCount, cancellation);
        FastCommit? fastCommit = null;
        if (records.Count > 0)
        {
            fastCommit = new FastCommit(device);
            fastCommit.Replay(records, groups, cancellation);
        }
        return new Ext4Volume(device, groups, fastCommit, isReplayed);
    }

    /// <summary>Reads all directories and inodes. Contents of files stay in the source until somebody asks for them.</summary>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>The root directory; hard links are one node under several names.</returns>
    /// <exception cref="ImageException">CorruptExt4, UnsupportedExt4 or <see cref="ErrorIds.ImageUnreadable"/>; file contents may throw it too.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> asked for it.</exception>
    public DirectoryNode ReadTree(CancellationToken cancellation = default)
    {
        InodeTable inodes = new(_device, _groups, _fastCommit);
        if (!_device.Source.SeeksAreDear)
            return new TreeReader(_device, inodes, _fastCommit).Read(cancellation);

        PreloadedSource preloaded = new(_device.Source, _device.BlockSize);
        IReadOnlyCollection<long> contents = new MetadataPreload(_device, preloaded, _groups, inodes, cancellation).Run();
        DirectoryNode root = new TreeReader(new Ext4Device(preloaded, _device.Superblock), inodes, _fastCommit).Read(cancellation);
        preloaded.Forget(contents);
        return root;
    }

    /// <summary>Opens the journal of a file system that needs recovery, from the metadata as it stands on disk.</summary>
    private static JournalLog OpenJournal(Ext4Device device, CancellationToken cancellation)
    {
        Superblock superblock = device.Superblock;
        if (!superblock.Has(CompatFeatures.HasJournal))
            throw device.Corrupt("the file system needs recovery, but has no journal");
        uint number = superblock.JournalInode;
        if (number == 0)
        {
            throw new ImageException(
                "UnsupportedExt4", ImageErrorKind.Unsupported,
                $"{superblock.Source}: the file system needs recovery, but its journal lies on another device (journal_dev).",
                "Mount the file system once together with its journal device and unmount it, then make the image again.");
        }
        if (number > superblock.InodeCount)
            throw device.Corrupt($"the journal has inode {number:N0} of {superblock.InodeCount:N0}");
        // Recovery must not depend on descriptors that it may be about to replace; the one of the journal's group never moves.
        GroupDescriptor[] groups = GroupDescriptors.Read(device, ((number - 1) / superblock.InodesPerGroup) + 1, cancellation);
        return new JournalLog(device, new InodeTable(device, groups, fastCommit: null).Read(number, "the superblock"));
    }
}
