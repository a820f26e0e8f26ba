using System.Buffers.Binary;
using RpiLive.Core.Tree;

namespace RpiLive.Core.SquashFs;

/// <summary>Reads inodes of all types.</summary>
internal sealed class InodeReader
{
    private readonly BlockReader _blocks;
    private readonly Superblock _superblock;
    private readonly XattrTableReader _xattrs;
    private readonly uint[] _ids;

    public InodeReader(BlockReader blocks)
    {
        _blocks = blocks;
        _superblock = blocks.Superblock;
        _xattrs = new XattrTableReader(blocks);
        _ids = new uint[_superblock.IdCount];
        Span<byte> id = stackalloc byte[sizeof(uint)];
        for (int i = 0; i < _ids.Length; i++)
        {
            blocks.ReadTableEntry((long)_superblock.IdTable, i, id);
            _ids[i] = BinaryPrimitives.ReadUInt32LittleEndian(id);
        }
    }

    public InodeHeader Read(ulong reference)
    {
        MetadataCursor cursor = new(_blocks, _superblock.InodeTable, _superblock.DirectoryTable, reference);
        InodeType stored = (InodeType)cursor.ReadUInt16();
        if (stored is < InodeType.Directory or > InodeType.ExtendedSocket)
            throw _blocks.Corrupt($"the inode at 0x{reference:X} has the type {(int)stored}");
        bool extended = stored >= InodeType.ExtendedDirectory;
        InodeType type = extended ? stored - (InodeType.ExtendedDirectory - InodeType.Directory) : stored;
        int permissions = cursor.ReadUInt16() & 0xFFF;
        uint user = Id(cursor.ReadUInt16()), group = Id(cursor.ReadUInt16());
        Timestamp time = new(cursor.ReadUInt32());
        uint number = cursor.ReadUInt32();
        if (number == 0 || number > _superblock.InodeCount)
            throw _blocks.Corrupt($"the inode at 0x{reference:X} has the number {number:N0}; there are {_superblock.InodeCount:N0} inodes");

        ListingPlace? listing = null;
        uint xattr = SquashFsFormat.NoXattr;
        TreeNode node = type switch
        {
            InodeType.Directory => ReadDirectory(cursor, extended, out xattr, out listing),
            InodeType.File => ReadFile(cursor, extended, out xattr),
            InodeType.Symlink => ReadSymlink(cursor, extended, out xattr),
            _ => ReadSpecial(cursor, type, extended, out xattr),
        };
        node.Permissions = permissions;
        node.UserId = user;
        node.GroupId = group;
        node.ModifiedTime = time;
        if (xattr != SquashFsFormat.NoXattr)
            node.Xattrs = _xattrs.Read(xattr);
        return new InodeHeader(type, number, node, listing);
    }

    private uint Id(int index) => index < _ids.Length ? _ids[index] : throw _blocks.Corrupt($"an inode refers to id {index:N0} of {_ids.Length:N0}");

    private static DirectoryNode ReadDirectory(MetadataCursor cursor, bool extended, out uint xattr, out ListingPlace listing)
    {
        uint block, size, parent;
        ushort offset;
        xattr = SquashFsFormat.NoXattr;
        if (extended)
        {
            cursor.ReadUInt32();
            size = cursor.ReadUInt32();
            block = cursor.ReadUInt32();
            parent = cursor.ReadUInt32();
            cursor.ReadUInt16();
            offset = cursor.ReadUInt16();
            xattr = cursor.ReadUInt32();
        }
        else
        {
            block = cursor.ReadUInt32();
            cursor.ReadUInt32();
            size = cursor.ReadUInt16();
            offset = cursor.ReadUInt16();
            parent = cursor.ReadUInt32();
        }
        listing = new ListingPlace(((ulong)block << 16) | offset, Math.Max(size, SquashFsFormat.DirectorySizeBias) - SquashFsFormat.DirectorySizeBias, parent);
        return new DirectoryNode();
    }

    private FileNode ReadFile(MetadataCursor cursor, bool extended, out uint xattr)
    {
        ulong start, length;
        uint fragment, fragmentOffset;
        xattr = SquashFsFormat.NoXattr;
        if (extended)
        {
            start = cursor.ReadUInt64();
            length = cursor.ReadUInt64();
            cursor.ReadUInt64();
            cursor.ReadUInt32();
            fragment = cursor.ReadUInt32();
            fragmentOffset = cursor.ReadUInt32();
            xattr = cursor.ReadUInt32();
        }
        else
        {
            start = cursor.ReadUInt32();
            fragment = cursor.ReadUInt32();
            fragmentOffset = cursor.ReadUInt32();
            length = cursor.ReadUInt32();
        }
        int blockSize = _superblock.BlockSize;
        if (start > _superblock.BytesUsed || length / (ulong)blockSize > SquashFsFormat.MaxBlocks)
            throw _blocks.Corrupt($"a file starts at {start:N0} and has {length:N0} bytes, more than can be");
        if (fragment != SquashFsFormat.NoFragment && (fragment >= _superblock.FragmentCount || fragmentOffset + (length % (ulong)blockSize) > (ulong)blockSize))
            throw _blocks.Corrupt($"a file's tail lies at byte {fragmentOffset:N0} of fragment {fragment:N0}; there are {_superblock.FragmentCount:N0}");
        return new FileNode(new SquashFsContent(_blocks, (long)length, (long)start, fragment, (int)fragmentOffset, cursor));
    }

    private SymlinkNode ReadSymlink(MetadataCursor cursor, bool extended, out uint xattr)
    {
        cursor.ReadUInt32();
        uint length = cursor.ReadUInt32();
        if (length is 0 or > SquashFsFormat.MaxSymlinkLength)
            throw _blocks.Corrupt($"a symbolic link has a target of {length:N0} bytes; 1 to 4,095 are possible");
        byte[] target = new byte[length];
        cursor.Read(target);
        xattr = extended ? cursor.ReadUInt32() : SquashFsFormat.NoXattr;
        return new SymlinkNode(target);
    }

    private static SpecialNode ReadSpecial(MetadataCursor cursor, InodeType type, bool extended, out uint xattr)
    {
        cursor.ReadUInt32();
        bool isDevice = type is InodeType.BlockDevice or InodeType.CharacterDevice;
        uint device = isDevice ? cursor.ReadUInt32() : 0;
        xattr = extended ? cursor.ReadUInt32() : SquashFsFormat.NoXattr;
        SpecialKind kind = type switch
        {
            InodeType.BlockDevice => SpecialKind.BlockDevice,
            InodeType.CharacterDevice => SpecialKind.CharacterDevice,
            InodeType.Fifo => SpecialKind.Fifo,
            _ => SpecialKind.Socket,
        };
        // new_decode_dev() of Linux.
        return new SpecialNode(kind, (device >> 8) & 0xFFF, (device & 0xFF) | ((device >> 12) & 0xFFF00));
    }
}
