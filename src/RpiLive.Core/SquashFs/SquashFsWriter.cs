using System.Buffers.Binary;
using System.Numerics;
using RpiLive.Core.Compression;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;

namespace RpiLive.Core.SquashFs;

/// <summary>
/// Makes SquashFS 4.0 images, as Linux reads them. The same tree and options give the same bytes at any number of threads.
/// </summary>
public static class SquashFsWriter
{
    private const long ProgressStep = 1 << 20;

    /// <summary>
    /// Writes <paramref name="root"/> to <paramref name="target"/>, from its first byte on. The bytes are written in
    /// order and by the calling thread, but for the superblock, which is written last: until then it is no file system.
    /// </summary>
    /// <param name="root">The tree. Regular files are read once, in the order of <see cref="FileContent.DiskOffset"/>.</param>
    /// <param name="target">Where the image goes.</param>
    /// <param name="options">How to make it.</param>
    /// <param name="progress">Gets the bytes of file content dealt with so far, on the calling thread.</param>
    /// <param name="cancellation">Stops the work within a fraction of a second.</param>
    /// <exception cref="ArgumentException">
    /// The options are out of range; or the tree has a directory twice, a name that Linux forbids, or an extended attribute
    /// outside user.*, trusted.* and security.* (the message names the path).
    /// </exception>
    /// <exception cref="ImageException">
    /// <see cref="ErrorIds.TooLarge"/>: more than 65,535 distinct users and groups, or a file, xattr, symbolic link or device
    /// number beyond the limits of the format. Errors of the target and of file contents pass through as they are.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled; the target holds no file system.</exception>
    public static SquashFsSummary Write(
        DirectoryNode root, RandomAccessTarget target, SquashFsOptions options, IProgress<long>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(options);
        int compressorId = Check(options, out int level);
        int threads = options.Threads == 0 ? Environment.ProcessorCount : options.Threads;

        using IBlockCompressor compressor = options.Codec.CreateCompressor(level, Math.Max(options.BlockSize, SquashFsFormat.MetadataLength));
        using XattrTableWriter xattrs = new(compressor, target.Name);
        IdTable ids = new(target.Name);
        Inventory inventory = new(root, ids, xattrs, target.Name, cancellation);
        CheckSizes(inventory, options.BlockSize, target.Name);

        SequentialWriter output = new(target, SquashFsFormat.SuperblockLength);
        byte[] compressorOptions = level == options.Codec.DefaultLevel ? [] : CompressorOptions(compressorId, level);
        output.Write(compressorOptions);

        BlockPipeline pipeline = new(options.Codec, level, options.BlockSize, threads);
        using ContentReader reader = new(pipeline, options.BlockSize);
        List<byte> fragments = [];
        long reported = 0;
        pipeline.Run(() => reader.ReadAll(inventory.Files), job =>
        {
            Place(job, output.Position, fragments);
            output.Write(job.Stored);
            if (job.ContentDone >= reported + ProgressStep)
                progress?.Report(reported = job.ContentDone);
        }, cancellation);
        long fileBytes = inventory.Files.Sum(file => file.Layout!.Length);
        progress?.Report(fileBytes);

        using InodeTableWriter inodes = new(inventory, compressor);
        inodes.WriteAll(cancellation);
        ulong inodeTable = (ulong)output.Position;
        output.Write(inodes.Inodes.Bytes);
        ulong directoryTable = (ulong)output.Position;
        output.Write(inodes.Directories.Bytes);
        ulong fragmentTable = TableWriter.Write([.. fragments], compressor, output);
        ulong exportTable = TableWriter.Write(ExportEntries(inventory), compressor, output);
        ulong idTable = TableWriter.Write(IdEntries(ids), compressor, output);
        ulong xattrTable = xattrs.WriteTo(output);
        long used = output.Position;
        output.Write(new byte[-used & (SquashFsFormat.Padding - 1)]);
        long total = output.Position;
        output.Flush();
        cancellation.ThrowIfCancellationRequested();

        Superblock superblock = new()
        {
            InodeCount = (uint)inventory.Inodes.Count,
            ModificationTime = options.ModificationTime,
            BlockSize = options.BlockSize,
            FragmentCount = (uint)reader.FragmentCount,
            CompressorId = (ushort)compressorId,
            Flags = SquashFsFlags.Duplicates | SquashFsFlags.Exportable
                | (xattrs.Count == 0 ? SquashFsFlags.NoXattrs : 0)
                | (compressorOptions.Length > 0 ? SquashFsFlags.CompressorOptions : 0),
            IdCount = (ushort)ids.Ids.Count,
            RootInode = inventory[root].Reference,
            BytesUsed = (ulong)used,
            IdTable = idTable,
            XattrTable = xattrTable,
            InodeTable = inodeTable,
            DirectoryTable = directoryTable,
            FragmentTable = fragmentTable,
            ExportTable = exportTable,
        };
        target.Write(0, superblock.ToBytes());
        return new SquashFsSummary
        {
            BytesUsed = used,
            TotalLength = total,
            InodeCount = inventory.Inodes.Count,
            FileCount = inventory.Files.Count,
            FileBytes = fileBytes,
            DuplicateCount = reader.DuplicateCount,
            DuplicateBytes = reader.DuplicateBytes,
            SparseBytes = reader.SparseBytes,
            FragmentCount = reader.FragmentCount,
            IdCount = ids.Ids.Count,
            XattrSetCount = xattrs.Count,
            ClampedTimeCount = inventory.ClampedTimeCount,
        };
    }

    private static int Check(SquashFsOptions options, out int level)
    {
        IBlockCodec codec = options.Codec;
        level = options.Level ?? codec.DefaultLevel;
        int id = Array.IndexOf(SquashFsFormat.CompressorNames, codec.Name);
        if (codec.Name is not ("gzip" or "zstd"))
            throw new ArgumentException($"SquashFS images cannot be made with the compressor {codec.Name}.", nameof(options));
        if (level < codec.MinLevel || level > codec.MaxLevel)
            throw new ArgumentException($"The compression level {level} is not within {codec.MinLevel} to {codec.MaxLevel}, the levels of {codec.Name}.", nameof(options));
        if (options.BlockSize is < SquashFsFormat.MinBlockSize or > SquashFsFormat.MaxBlockSize || !BitOperations.IsPow2(options.BlockSize))
            throw new ArgumentException($"The block size {options.BlockSize:N0} is not a power of two from 4,096 to 1,048,576.", nameof(options));
        if (options.Threads is < 0 or > 1024)
            throw new ArgumentException($"The number of threads {options.Threads} is not within 0 to 1,024.", nameof(options));
        return id;
    }

    private static void CheckSizes(Inventory inventory, int blockSize, string target)
    {
        long left = SquashFsFormat.MaxBlocks;
        foreach (InodeRecord file in inventory.Files)
        {
            left -= ((FileNode)file.Node).Content.Length / blockSize;
            if (left >= 0)
                continue;
            throw new ImageException(ErrorIds.TooLarge, ImageErrorKind.Destination,
                $"{target}: the files of the tree have together more than {SquashFsFormat.MaxBlocks:N0} blocks of {blockSize:N0} bytes.",
                "Remove huge sparse files such as /var/log/lastlog from the source, or choose a larger block size.");
        }
    }

    /// <summary>As mksquashfs writes them: only for a level other than the default.</summary>
    private static byte[] CompressorOptions(int compressorId, int level)
    {
        byte[] bytes = new byte[compressorId == SquashFsFormat.Gzip ? 10 : 6];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)((bytes.Length - 2) | SquashFsFormat.MetadataRaw));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(2), level);
        // Window of 2^15 bytes, the default strategy only.
        if (compressorId == SquashFsFormat.Gzip)
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(6), 15);
        return bytes;
    }

    private static void Place(BlockJob job, long position, List<byte> fragments)
    {
        if (job.File is { } file)
        {
            if (file.Start == 0)
                file.Start = position;
            file.BlockSizes[job.Index] = job.SizeWord;
            return;
        }
        Span<byte> entry = stackalloc byte[SquashFsFormat.FragmentEntryLength];
        BinaryPrimitives.WriteInt64LittleEndian(entry, position);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], job.SizeWord);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], 0);
        fragments.AddRange(entry);
    }

    private static byte[] ExportEntries(Inventory inventory)
    {
        byte[] entries = new byte[inventory.Inodes.Count * sizeof(ulong)];
        for (int i = 0; i < inventory.Inodes.Count; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(entries.AsSpan(i * sizeof(ulong)), inventory.Inodes[i].Reference);
        return entries;
    }

    private static byte[] IdEntries(IdTable ids)
    {
        byte[] entries = new byte[ids.Ids.Count * sizeof(uint)];
        for (int i = 0; i < ids.Ids.Count; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(entries.AsSpan(i * sizeof(uint)), ids.Ids[i]);
        return entries;
    }
}
