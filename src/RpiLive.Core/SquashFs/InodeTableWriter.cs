using System.Buffers.Binary;
using RpiLive.Core.Compression;
using RpiLive.Core.Tree;

namespace RpiLive.Core.SquashFs;

/// <summary>Makes the inode table and the directory table, which refer to each other.</summary>
internal sealed class InodeTableWriter : IDisposable
{
    private readonly Inventory _inventory;
    private readonly DirectoryListing _listing = new();
    private readonly byte[] _scratch = new byte[4096];

    public InodeTableWriter(Inventory inventory, IBlockCompressor compressor)
    {
        _inventory = inventory;
        Inodes = new MetadataWriter(compressor);
        Directories = new MetadataWriter(compressor);
    }

    public MetadataWriter Inodes { get; }

    public MetadataWriter Directories { get; }

    public void WriteAll(CancellationToken cancellation)
    {
        foreach (InodeRecord record in _inventory.Inodes)
        {
            cancellation.ThrowIfCancellationRequested();
            switch (record.Node)
            {
                case DirectoryNode directory: WriteDirectory(record, directory); break;
                case FileNode: WriteFile(record, record.Layout!); break;
                case SymlinkNode link: WriteSymlink(record, link); break;
                case SpecialNode special: WriteSpecial(record, special); break;
                default: throw new ArgumentException($"A node of type {record.Node.GetType()} cannot be stored.");
            }
        }
        Inodes.Flush();
        Directories.Flush();
    }

    public void Dispose()
    {
        Inodes.Dispose();
        Directories.Dispose();
    }

    private void WriteDirectory(InodeRecord record, DirectoryNode directory)
    {
        long start = Directories.Position;
        _listing.Build(directory, _inventory);
        Directories.Write(_listing.Bytes);
        ulong reference = Directories.Reference(start);
        long size = _listing.Bytes.Length + SquashFsFormat.DirectorySizeBias;
        uint parent = record.Parent?.Number ?? (uint)_inventory.Inodes.Count + 1;
        if (record.Xattr == SquashFsFormat.NoXattr && size <= ushort.MaxValue && _listing.Index.Count == 0)
        {
            Span<byte> basic = Begin(record, InodeType.Directory);
            BinaryPrimitives.WriteUInt32LittleEndian(basic, (uint)(reference >> 16));
            BinaryPrimitives.WriteUInt32LittleEndian(basic[4..], record.Links);
            BinaryPrimitives.WriteUInt16LittleEndian(basic[8..], (ushort)size);
            BinaryPrimitives.WriteUInt16LittleEndian(basic[10..], (ushort)reference);
            BinaryPrimitives.WriteUInt32LittleEndian(basic[12..], parent);
            End(16);
            return;
        }
        Span<byte> rest = Begin(record, InodeType.ExtendedDirectory);
        BinaryPrimitives.WriteUInt32LittleEndian(rest, record.Links);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[4..], checked((uint)size));
        BinaryPrimitives.WriteUInt32LittleEndian(rest[8..], (uint)(reference >> 16));
        BinaryPrimitives.WriteUInt32LittleEndian(rest[12..], parent);
        BinaryPrimitives.WriteUInt16LittleEndian(rest[16..], checked((ushort)_listing.Index.Count));
        BinaryPrimitives.WriteUInt16LittleEndian(rest[18..], (ushort)reference);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[20..], record.Xattr);
        End(24);
        Span<byte> entry = _scratch;
        foreach ((int offset, FileName name) in _listing.Index)
        {
            BinaryPrimitives.WriteInt32LittleEndian(entry, offset);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], (uint)Directories.BlockStart(start + offset));
            BinaryPrimitives.WriteInt32LittleEndian(entry[8..], name.Bytes.Length - 1);
            Inodes.Write(entry[..12]);
            Inodes.Write(name.Bytes);
        }
    }

    private void WriteFile(InodeRecord record, FileLayout layout)
    {
        bool basic = record.Xattr == SquashFsFormat.NoXattr && record.Links == 1 && layout.SparseBytes == 0
            && layout.Length <= uint.MaxValue && layout.Start <= uint.MaxValue;
        Span<byte> rest = Begin(record, basic ? InodeType.File : InodeType.ExtendedFile);
        if (basic)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(rest, (uint)layout.Start);
            BinaryPrimitives.WriteUInt32LittleEndian(rest[4..], layout.Fragment);
            BinaryPrimitives.WriteInt32LittleEndian(rest[8..], layout.FragmentOffset);
            BinaryPrimitives.WriteUInt32LittleEndian(rest[12..], (uint)layout.Length);
            End(16);
        }
        else
        {
            BinaryPrimitives.WriteInt64LittleEndian(rest, layout.Start);
            BinaryPrimitives.WriteInt64LittleEndian(rest[8..], layout.Length);
            // Readers take size minus this as the space in use, and expect some to be left.
            BinaryPrimitives.WriteInt64LittleEndian(rest[16..], Math.Min(layout.SparseBytes, Math.Max(layout.Length - 1, 0)));
            BinaryPrimitives.WriteUInt32LittleEndian(rest[24..], record.Links);
            BinaryPrimitives.WriteUInt32LittleEndian(rest[28..], layout.Fragment);
            BinaryPrimitives.WriteInt32LittleEndian(rest[32..], layout.FragmentOffset);
            BinaryPrimitives.WriteUInt32LittleEndian(rest[36..], record.Xattr);
            End(40);
        }
        WriteBlockSizes(layout.BlockSizes);
    }

    private void WriteBlockSizes(ReadOnlySpan<uint> sizes)
    {
        while (!sizes.IsEmpty)
        {
            int count = Math.Min(sizes.Length, _scratch.Length / sizeof(uint));
            for (int i = 0; i < count; i++)
                BinaryPrimitives.WriteUInt32LittleEndian(_scratch.AsSpan(i * sizeof(uint)), sizes[i]);
            Inodes.Write(_scratch.AsSpan(0, count * sizeof(uint)));
            sizes = sizes[count..];
        }
    }

    private void WriteSymlink(InodeRecord record, SymlinkNode link)
    {
        Span<byte> rest = Begin(record, Extend(InodeType.Symlink, record));
        BinaryPrimitives.WriteUInt32LittleEndian(rest, record.Links);
        BinaryPrimitives.WriteInt32LittleEndian(rest[4..], link.Target.Length);
        End(8);
        Inodes.Write(link.Target);
        WriteXattr(record);
    }

    private void WriteSpecial(InodeRecord record, SpecialNode special)
    {
        Span<byte> rest = Begin(record, Extend(SpecialType(special.Kind), record));
        BinaryPrimitives.WriteUInt32LittleEndian(rest, record.Links);
        bool device = special.Kind is SpecialKind.BlockDevice or SpecialKind.CharacterDevice;
        // new_encode_dev() of Linux: the minor number around the major one.
        BinaryPrimitives.WriteUInt32LittleEndian(rest[4..], (special.Minor & 0xFF) | (special.Major << 8) | ((special.Minor & ~0xFFu) << 12));
        End(device ? 8 : 4);
        WriteXattr(record);
    }

    private static InodeType Extend(InodeType type, InodeRecord record) =>
        record.Xattr == SquashFsFormat.NoXattr ? type : type + (InodeType.ExtendedDirectory - InodeType.Directory);

    public static InodeType BasicType(TreeNode node) => node switch
    {
        DirectoryNode => InodeType.Directory,
        FileNode => InodeType.File,
        SymlinkNode => InodeType.Symlink,
        _ => SpecialType(((SpecialNode)node).Kind),
    };

    private static InodeType SpecialType(SpecialKind kind) => kind switch
    {
        SpecialKind.BlockDevice => InodeType.BlockDevice,
        SpecialKind.CharacterDevice => InodeType.CharacterDevice,
        SpecialKind.Fifo => InodeType.Fifo,
        _ => InodeType.Socket,
    };

    /// <summary>Starts an inode with the header that all have; the rest goes into the returned room.</summary>
    private Span<byte> Begin(InodeRecord record, InodeType type)
    {
        record.Reference = Inodes.Reference(Inodes.Position);
        Span<byte> header = _scratch;
        BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)type);
        BinaryPrimitives.WriteUInt16LittleEndian(header[2..], (ushort)(record.Node.Permissions & 0xFFF));
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], record.UserIndex);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], record.GroupIndex);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], (uint)Math.Clamp(record.Node.ModifiedTime.Seconds, 0, uint.MaxValue));
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], record.Number);
        return header[16..];
    }

    private void End(int restLength) => Inodes.Write(_scratch.AsSpan(0, 16 + restLength));

    private void WriteXattr(InodeRecord record)
    {
        if (record.Xattr == SquashFsFormat.NoXattr)
            return;
        BinaryPrimitives.WriteUInt32LittleEndian(_scratch, record.Xattr);
        Inodes.Write(_scratch.AsSpan(0, sizeof(uint)));
    }
}
