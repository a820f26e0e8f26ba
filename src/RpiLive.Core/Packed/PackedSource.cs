using System.Runtime.ExceptionServices;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Packed;

/// <summary>
/// The content of a packed image, read at any offset. What was unpacked is kept in pieces of 1 MiB, and a block stays open
/// where its unpacking stopped, so that reading on does not begin it again. Where reads go forward, what comes next is
/// unpacked ahead on threads of the pool. A reader unpacks for itself what nobody unpacks for it, so it never waits for
/// the pool.
/// </summary>
/// <remarks>
/// Memory: the cache, up to threads + 2 spare pieces, and what up to threads + 1 open blocks take for their unpackers.
/// An error of a block comes out of every read that needs the damaged part, and of no other.
/// </remarks>
public sealed class PackedSource : RandomAccessSource
{
    /// <summary>The least cache: with fewer pieces, small reads of two readers would begin the same block over and over.</summary>
    private const long MinCacheBytes = 5L * Piece.MaxLength;

    private const int MaxFailures = 256;

    private readonly object _gate = new();
    private readonly PackedBlocks _blocks;
    private readonly int _threads;
    private readonly ReadCursors _cursors = new();
    private readonly PieceCache _cache;
    private readonly List<BlockJob> _jobs = [];

    /// <summary>Where the pieces begin that readers wait for while somebody else unpacks the block.</summary>
    private readonly List<long> _awaited = [];

    /// <summary>Where blocks are known to be damaged: nothing from there on can be unpacked.</summary>
    private readonly Dictionary<int, (long Position, ImageException Error)> _failures = [];

    /// <summary>Blocks that were unpacked to their end, where their checks stand.</summary>
    private readonly bool[] _isVerified;
    private long _clock;
    private int _running, _queued, _workers, _waitingForJob;
    private long _blocksUnpacked, _bytesUnpacked;
    private bool _disposed;

    /// <summary>Makes the source; nothing is read yet.</summary>
    /// <param name="blocks">The packed image; closed with this source.</param>
    /// <param name="threads">How many threads may unpack at once, besides readers that unpack for themselves.</param>
    /// <param name="cacheBytes">See <see cref="CacheBytes"/>.</param>
    public PackedSource(PackedBlocks blocks, int threads, long cacheBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _blocks = blocks;
        _threads = threads;
        _isVerified = new bool[blocks.Blocks.Count];
        _cache = new(_cursors.IsAhead, threads + 2) { Budget = Math.Max(cacheBytes, MinCacheBytes) };
        Length = blocks.Length;
    }

    /// <inheritdoc/>
    public override string Name => _blocks.Name;

    /// <inheritdoc/>
    public override long Length { get; }

    /// <inheritdoc/>
    public override bool SeeksAreDear => true;

    /// <summary>
    /// The most bytes of unpacked content to keep, 5 MiB at least. Three quarters of it may be unpacked ahead; for all threads to
    /// have work, that should be a block for each thread and one more.
    /// </summary>
    public long CacheBytes
    {
        get
        {
            lock (_gate)
                return _cache.Budget;
        }
        set
        {
            lock (_gate)
            {
                _cache.Budget = Math.Max(value, MinCacheBytes);
                _cache.Trim();
            }
        }
    }

    /// <summary>How many times the unpacking of a block was begun; a read from start to end begins each block once.</summary>
    public long BlocksUnpacked => Interlocked.Read(ref _blocksUnpacked);

    /// <summary>Bytes that were unpacked so far; a read from start to end unpacks each once.</summary>
    public long BytesUnpacked => Interlocked.Read(ref _bytesUnpacked);

    /// <inheritdoc/>
    /// <exception cref="ImageException">The block is damaged or uses a feature that is not supported, or the host cannot read the file.</exception>
    public override int Read(long offset, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (offset >= Length)
            return 0;
        if (buffer.Length > Length - offset)
            buffer = buffer[..(int)(Length - offset)];
        for (int done = 0; done < buffer.Length;)
        {
            Piece piece = Acquire(offset + done, buffer.Length - done);
            int skip = (int)(offset + done - piece.Offset), count = Math.Min(piece.Length - skip, buffer.Length - done);
            piece.Bytes.AsSpan(skip, count).CopyTo(buffer[done..]);
            done += count;
            lock (_gate)
                _cache.Release(piece);
        }
        return buffer.Length;
    }

    /// <summary>
    /// Unpacks every block that reads have not unpacked to its end, so that after this the whole image is known to be sound.
    /// For the end of all reading: the cache shrinks to its least.
    /// </summary>
    /// <exception cref="ImageException">A block is damaged or uses a feature that is not supported.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void VerifyRest(CancellationToken cancellation)
    {
        int[] rest;
        lock (_gate)
        {
            // Nobody reads on: what the cache and stopped blocks hold serves those that are unpacked now.
            _cache.Budget = MinCacheBytes;
            _cache.Trim();
            foreach (BlockJob job in _jobs.Where(job => !job.IsRunning).ToArray())
                CloseJob(job);
            rest = [.. Enumerable.Range(0, _isVerified.Length).Where(index => !_isVerified[index])];
        }
        OrderedParallel.ForEach(rest, _threads, index => Verify(index, cancellation), cancellation);
    }

    /// <summary>Waits for the work in the background and closes the packed image. No read may be under way.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            lock (_gate)
            {
                _disposed = true;
                while (_workers > 0)
                    Monitor.Wait(_gate);
                _jobs.ForEach(job => job.Close());
                _jobs.Clear();
                _cache.Budget = 0;
                _cache.Trim();
            }
            _blocks.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Verify(int index, CancellationToken cancellation)
    {
        byte[] piece = _cache.Allocate(Piece.MaxLength);
        using BlockUnpacker unpacker = _blocks.Open(index);
        Interlocked.Increment(ref _blocksUnpacked);
        for (int count; (count = unpacker.Read(piece)) > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            Interlocked.Add(ref _bytesUnpacked, count);
        }
        lock (_gate)
            _isVerified[index] = true;
    }

    /// <summary>The piece that holds an offset, for the caller to release.</summary>
    private Piece Acquire(long offset, int wanted)
    {
        int index = FindBlock(offset);
        PackedBlock block = _blocks.Blocks[index];
        long start = offset - ((offset - block.Offset) % Piece.MaxLength);
        int length = (int)Math.Min(Piece.MaxLength, block.Offset + block.Length - start);
        bool noted = false;
        while (true)
        {
            BlockJob? job;
            Piece? piece;
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                if (!noted)
                    _cursors.Note(offset, (int)Math.Min(wanted, start + length - offset), index, _cache.Budget / 4 * 3);
                noted = true;
                if (_cache.TryGet(start, out piece))
                {
                    piece.Readers++;
                    StartWorkers();
                    return piece;
                }
                if (_failures.TryGetValue(index, out (long Position, ImageException Error) failure) && start >= failure.Position)
                    throw Again(failure.Error);
                job = FindJob(index, start) ?? TryOpenJob(index);
                if (job is not { IsRunning: false })
                {
                    WaitForJob(job, start);
                    continue;
                }
                piece = Begin(job);
                StartWorkers();
            }
            if (Unpack(job, piece) is { } error)
                ExceptionDispatchInfo.Throw(error);
            if (Keep(job, piece, start) is { } made)
                return made;
        }
    }

    private void WaitForJob(BlockJob? job, long start)
    {
        // With no job at all, those in the background must let go of theirs.
        int waiting = job is null ? 1 : 0;
        _waitingForJob += waiting;
        _awaited.Add(start);
        Monitor.Wait(_gate);
        _awaited.Remove(start);
        _waitingForJob -= waiting;
    }

    private int FindBlock(long offset)
    {
        IReadOnlyList<PackedBlock> blocks = _blocks.Blocks;
        int low = 0;
        for (int high = blocks.Count - 1; low < high;)
        {
            int middle = (low + high + 1) >>> 1;
            if (blocks[middle].Offset <= offset)
                low = middle;
            else
                high = middle - 1;
        }
        return low;
    }

    /// <summary>The open job that will come to a piece of its block soonest.</summary>
    private BlockJob? FindJob(int index, long position)
    {
        BlockJob? best = null;
        foreach (BlockJob job in _jobs)
        {
            if (job.Index == index && job.Position <= position && (best is null || job.Position > best.Position))
                best = job;
        }
        return best;
    }

    /// <summary>Opens a job, in place of an idle one if need be; null when all are running.</summary>
    private BlockJob? TryOpenJob(int index)
    {
        if (_jobs.Count > _threads)
        {
            BlockJob? victim = _jobs.Where(job => !job.IsRunning).MinBy(job => (_cursors.IsAhead(job.Position), job.Used));
            if (victim is null)
                return null;
            CloseJob(victim);
        }
        BlockJob opened = new(index, _blocks.Blocks[index]);
        _jobs.Add(opened);
        Interlocked.Increment(ref _blocksUnpacked);
        return opened;
    }

    private void CloseJob(BlockJob job)
    {
        _jobs.Remove(job);
        job.Close();
    }

    /// <summary>Takes a job and makes room for its next piece.</summary>
    private Piece Begin(BlockJob job)
    {
        job.IsRunning = true;
        _running++;
        Piece piece = new(job.Position, job.NextLength);
        _cache.Reserve(piece);
        return piece;
    }

    /// <summary>Unpacks a piece, outside the lock. On an error the job is closed and the error remembered.</summary>
    private Exception? Unpack(BlockJob job, Piece piece)
    {
        try
        {
            piece.Bytes = _cache.Allocate(piece.Length);
            job.Unpack(_blocks, piece.Bytes.AsSpan(0, piece.Length));
            return null;
        }
        catch (Exception e)
        {
            lock (_gate)
            {
                End(job);
                CloseJob(job);
                _cache.Drop(piece);

                // What the host could not read now, it may read later.
                if (e is ImageException { Kind: not ImageErrorKind.Unreadable } error)
                {
                    if (_failures.Count == MaxFailures)
                        _failures.Clear();
                    _failures[job.Index] = (piece.Offset, error);
                }
            }
            return e;
        }
    }

    /// <summary>Puts an unpacked piece into the cache and lets go of its job.</summary>
    /// <returns>The piece, for the caller to release, when it is the one that begins at <paramref name="wanted"/>.</returns>
    private Piece? Keep(BlockJob job, Piece piece, long wanted)
    {
        lock (_gate)
        {
            Interlocked.Add(ref _bytesUnpacked, piece.Length);
            job.Position += piece.Length;
            End(job);
            if (job.NextLength == 0)
            {
                _isVerified[job.Index] = true;
                CloseJob(job);
            }
            bool passedOver = piece.Offset != wanted && !_cursors.IsAhead(piece.Offset) && !_awaited.Contains(piece.Offset);
            Piece kept = _cache.Add(piece, passedOver);
            if (kept.Offset != wanted)
                return null;
            kept.Readers++;
            return kept;
        }
    }

    private void End(BlockJob job)
    {
        job.IsRunning = false;
        job.Used = ++_clock;
        _running--;
        Monitor.PulseAll(_gate);
    }

    private void StartWorkers()
    {
        // One at a time: it starts the next when it has taken its work.
        if (_queued > 0 || _running >= _threads || !FindWork(out _, out _))
            return;
        _queued++;
        ThreadPool.UnsafeQueueUserWorkItem(static source => source.Work(), this, preferLocal: false);
    }

    /// <summary>Unpacks ahead until there is nothing to do, or no room.</summary>
    private void Work()
    {
        bool counted = false, failed = false;
        while (true)
        {
            BlockJob job;
            Piece piece;
            lock (_gate)
            {
                if (!counted)
                {
                    _queued--;
                    _workers++;
                    counted = true;
                }
                if (failed || _disposed || _running >= _threads || !FindWork(out BlockJob? idle, out int block))
                {
                    _workers--;
                    Monitor.PulseAll(_gate);
                    return;
                }
                job = idle ?? TryOpenJob(block)!;
                _cursors.Ahead.ForEach(cursor => cursor.NextBlock += cursor.NextBlock == block ? 1 : 0);
                piece = Begin(job);
                StartWorkers();
            }
            // Whoever needs the piece will meet the error; another try now would only meet it again.
            failed = Unpack(job, piece) is not null;
            if (!failed)
                Keep(job, piece, wanted: -1);
        }
    }

    /// <summary>Looks for what should be unpacked ahead and makes room for it: an open job to be gone on with, or a block to begin.</summary>
    private bool FindWork(out BlockJob? idle, out int block)
    {
        idle = null;
        block = -1;
        if (_waitingForJob > 0 || _disposed)
            return false;
        foreach (BlockJob job in _jobs)
        {
            if (!job.IsRunning && _cursors.IsAhead(job.Position) && (idle is null || job.Position < idle.Position))
                idle = job;
        }
        if (idle is not null)
            return _cache.TryMakeRoom(Piece.MaxLength);
        foreach (ReadCursor cursor in _cursors.Ahead)
        {
            if (FindNextBlock(cursor) is >= 0 and int next && (block < 0 || next < block))
                block = next;
        }
        bool canOpen = _jobs.Count <= _threads || _jobs.Exists(job => !job.IsRunning && !_cursors.IsAhead(job.Position));
        return block >= 0 && canOpen && _cache.TryMakeRoom(Piece.MaxLength);
    }

    /// <summary>The next block that a cursor comes to and nobody has begun; -1 where none is near enough.</summary>
    private int FindNextBlock(ReadCursor cursor)
    {
        IReadOnlyList<PackedBlock> blocks = _blocks.Blocks;
        for (; cursor.NextBlock < blocks.Count && blocks[cursor.NextBlock].Offset < cursor.Position + cursor.Window; cursor.NextBlock++)
        {
            int index = cursor.NextBlock;
            if (!_cache.Contains(blocks[index].Offset) && !_failures.ContainsKey(index) && !_jobs.Exists(job => job.Index == index))
                return index;
        }
        return -1;
    }

    private static ImageException Again(ImageException error) => new(error.ErrorId, error.Kind, error.Message, error.RecommendedAction, error)
    {
        HasGeneralAdvice = error.HasGeneralAdvice,
    };
}
