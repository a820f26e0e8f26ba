using System.Security.Cryptography;
using RpiLive.Core.Tree;

namespace RpiLive.Core.SquashFs;

/// <summary>
/// Reads the files one after another, cuts them into blocks, gathers small files in fragment blocks, and finds
/// files with the same content. All that decides the layout happens here, on one thread and by content alone, so the
/// image is the same however many threads compress.
/// </summary>
internal sealed class ContentReader : IDisposable
{
    /// <summary>Blocks asked about at once when looking for the end of a hole.</summary>
    private const long HoleStride = 1024;

    private readonly BlockPipeline _pipeline;
    private readonly int _blockSize;
    private readonly ContentHash _hash = new();
    private readonly Dictionary<long, int> _filesByLength = [];

    /// <summary>Files by whole content; only those whose length another file has too.</summary>
    private readonly Dictionary<ContentKey, FileLayout> _stored = [];

    /// <summary>Length and first block of the larger ones among them.</summary>
    private readonly HashSet<ContentKey> _storedStarts = [];
    private BlockJob? _fragment;
    private int _fragmentLength;
    private long _contentDone;

    public ContentReader(BlockPipeline pipeline, int blockSize)
    {
        _pipeline = pipeline;
        _blockSize = blockSize;
    }

    public int FragmentCount { get; private set; }

    public int DuplicateCount { get; private set; }

    public long DuplicateBytes { get; private set; }

    public long SparseBytes { get; private set; }

    /// <summary>Reads all files and gives each its layout; block positions are filled in when the blocks are written.</summary>
    public void ReadAll(IReadOnlyList<InodeRecord> files)
    {
        foreach (InodeRecord file in files)
        {
            long length = ((FileNode)file.Node).Content.Length;
            _filesByLength[length] = _filesByLength.GetValueOrDefault(length) + 1;
        }
        foreach (InodeRecord file in files)
        {
            _pipeline.Stopping.ThrowIfCancellationRequested();
            FileContent content = ((FileNode)file.Node).Content;
            file.Layout = content.Length == 0 ? FileLayout.Empty
                : content.Length < _blockSize ? ReadSmall(content)
                : ReadLarge(content);
        }
        FlushFragment();
    }

    public void Dispose() => _hash.Dispose();

    private static bool IsZero(ReadOnlySpan<byte> bytes) => !bytes.ContainsAnyExcept((byte)0);

    private FileLayout ReadSmall(FileContent content)
    {
        int length = (int)content.Length;
        _contentDone += length;
        FileLayout layout = new(length);
        if (content.IsHole(0, length))
            return AllZero(layout);
        BlockJob job = RentRoom(length, out int offset);
        Span<byte> bytes = job.Input.AsSpan(offset, length);
        content.Read(0, bytes);
        if (IsZero(bytes))
        {
            ReturnRoom(job);
            return AllZero(layout);
        }
        if (_filesByLength[length] > 1)
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(bytes, hash);
            ContentKey key = ContentKey.From(length, hash);
            if (_stored.TryGetValue(key, out FileLayout? same))
            {
                ReturnRoom(job);
                return Duplicate(same);
            }
            _stored.Add(key, layout);
        }
        AppendSmall(job, layout, offset, length);
        return layout;
    }

    private FileLayout ReadLarge(FileContent content)
    {
        if (_filesByLength[content.Length] == 1)
            return Store(content, first: null, key: out _);

        // A file that starts like an earlier one of its length is most likely the same: hash it before storing a byte.
        BlockJob first = _pipeline.Rent();
        Span<byte> bytes = first.Input.AsSpan(0, BlockLength(content.Length, 0));
        content.Read(0, bytes);
        AppendToHash(bytes);
        if (_storedStarts.Add(_hash.Finish(content.Length)))
        {
            FileLayout layout = Store(content, first, out ContentKey key);
            _stored.Add(key, layout);
            return layout;
        }

        ContentKey whole = HashWhole(content, first.Input);
        _pipeline.Return(first);
        if (_stored.TryGetValue(whole, out FileLayout? same))
        {
            _contentDone += content.Length;
            return Duplicate(same);
        }
        FileLayout other = Store(content, first: null, key: out _);
        _stored.Add(whole, other);
        return other;
    }

    /// <summary>Hashes a file whose first block is in <paramref name="buffer"/> already.</summary>
    private ContentKey HashWhole(FileContent content, byte[] buffer)
    {
        long blocks = BlockCount(content.Length);
        AppendToHash(buffer.AsSpan(0, BlockLength(content.Length, 0)));
        for (long index = 1; index < blocks;)
        {
            long holes = CountHoleBlocks(content, index, blocks);
            _hash.AppendZeroBlocks(holes);
            index += holes;
            if (holes > 0)
                continue;
            Span<byte> bytes = buffer.AsSpan(0, BlockLength(content.Length, index));
            content.Read(index * _blockSize, bytes);
            AppendToHash(bytes);
            index++;
        }
        return _hash.Finish(content.Length);
    }

    private void AppendToHash(ReadOnlySpan<byte> block)
    {
        if (IsZero(block))
            _hash.AppendZeroBlocks(1);
        else
            _hash.Append(block);
    }

    /// <summary>Sends the blocks of a file on their way.</summary>
    /// <param name="content">The file.</param>
    /// <param name="first">The first block, when it is read already; the file is hashed then.</param>
    /// <param name="key">Identity of the content, when it is hashed.</param>
    private FileLayout Store(FileContent content, BlockJob? first, out ContentKey key)
    {
        bool hashed = first is not null;
        long blocks = BlockCount(content.Length);
        FileLayout layout = new(content.Length) { BlockSizes = new uint[blocks] };
        for (long index = 0; index < blocks;)
        {
            long holes = first is null ? CountHoleBlocks(content, index, blocks) : 0;
            if (holes > 0)
            {
                if (hashed)
                    _hash.AppendZeroBlocks(holes);
                SkipZeros(layout, Math.Min(holes * _blockSize, content.Length - (index * _blockSize)));
                index += holes;
                continue;
            }
            int length = BlockLength(content.Length, index);
            BlockJob job = first ?? _pipeline.Rent();
            Span<byte> bytes = job.Input.AsSpan(0, length);
            if (first is null)
                content.Read(index * _blockSize, bytes);
            first = null;
            if (hashed)
                AppendToHash(bytes);
            if (IsZero(bytes))
            {
                _pipeline.Return(job);
                SkipZeros(layout, length);
            }
            else
            {
                _contentDone += length;
                Submit(job, layout, (int)index, length);
            }
            index++;
        }
        key = hashed ? _hash.Finish(content.Length) : default;
        return layout;
    }

    private void SkipZeros(FileLayout layout, long length)
    {
        layout.SparseBytes += length;
        SparseBytes += length;
        _contentDone += length;
    }

    private FileLayout AllZero(FileLayout layout)
    {
        layout.BlockSizes = [0];
        layout.SparseBytes = layout.Length;
        SparseBytes += layout.Length;
        return layout;
    }

    private FileLayout Duplicate(FileLayout layout)
    {
        DuplicateCount++;
        DuplicateBytes += layout.Length;
        return layout;
    }

    /// <summary>The number of blocks from <paramref name="index"/> on that are known to be holes; not always all of them.</summary>
    private long CountHoleBlocks(FileContent content, long index, long blocks)
    {
        _pipeline.Stopping.ThrowIfCancellationRequested();
        long offset = index * _blockSize;
        if (!content.IsHole(offset, BlockLength(content.Length, index)))
            return 0;
        long stride = Math.Min(HoleStride, blocks - index);
        return content.IsHole(offset, Math.Min(stride * _blockSize, content.Length - offset)) ? stride : 1;
    }

    private long BlockCount(long length) => ((length - 1) / _blockSize) + 1;

    private int BlockLength(long length, long index) => (int)Math.Min(_blockSize, length - (index * _blockSize));

    /// <summary>Room for a small file: in the fragment block when it fits there, else in a new block.</summary>
    private BlockJob RentRoom(int length, out int offset)
    {
        bool fits = _fragment is not null && length <= _blockSize - _fragmentLength;
        offset = fits ? _fragmentLength : 0;
        return fits ? _fragment! : _pipeline.Rent();
    }

    /// <summary>Takes back a block whose content is not stored.</summary>
    private void ReturnRoom(BlockJob job)
    {
        if (job != _fragment)
            _pipeline.Return(job);
    }

    private void AppendSmall(BlockJob job, FileLayout layout, int offset, int length)
    {
        if (job != _fragment)
        {
            FlushFragment();
            _fragment = job;
        }
        layout.Fragment = (uint)FragmentCount;
        layout.FragmentOffset = offset;
        _fragmentLength = offset + length;
    }

    private void FlushFragment()
    {
        if (_fragment is null)
            return;
        Submit(_fragment, file: null, FragmentCount++, _fragmentLength);
        _fragment = null;
        _fragmentLength = 0;
    }

    private void Submit(BlockJob job, FileLayout? file, int index, int length)
    {
        job.File = file;
        job.Index = index;
        job.Length = length;
        job.ContentDone = _contentDone;
        _pipeline.Submit(job);
    }
}
