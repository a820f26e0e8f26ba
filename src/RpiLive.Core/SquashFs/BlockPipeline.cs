using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using RpiLive.Core.Compression;

namespace RpiLive.Core.SquashFs;

/// <summary>
/// One thread that reads, several that compress, and the caller's, which writes the blocks in the order in which they
/// were read. A fixed number of blocks goes round, so memory is bounded and the slowest part sets the pace.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Nothing here holds a handle, and after an aborted run compressors may still use it.")]
internal sealed class BlockPipeline
{
    private const int BytesInFlightPerThread = 5 << 19;

    private readonly ConcurrentBag<BlockJob> _free = [];
    private readonly ConcurrentQueue<BlockJob> _work = new();
    private readonly ConcurrentQueue<BlockJob> _order = new();

    /// <summary>Blocks that may still be rented; made only when there is no used one.</summary>
    private readonly SemaphoreSlim _freeCount;
    private readonly SemaphoreSlim _workCount = new(0);

    /// <summary>Released once for each compressed block and once when the reader is done.</summary>
    private readonly SemaphoreSlim _doneCount = new(0);
    private readonly CancellationTokenSource _stop = new();
    private readonly IBlockCodec _codec;
    private readonly int _level;
    private readonly int _blockSize;
    private readonly int _threads;
    private ExceptionDispatchInfo? _failure;
    private volatile bool _readerDone;

    public BlockPipeline(IBlockCodec codec, int level, int blockSize, int threads)
    {
        _codec = codec;
        _level = level;
        _blockSize = blockSize;
        _threads = threads;
        _freeCount = new SemaphoreSlim((Math.Clamp(BytesInFlightPerThread / blockSize, 2, 64) * threads) + 2);
    }

    /// <summary>Set when the run is given up; for the reader.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Runs until all blocks that <paramref name="read"/> submits are written.</summary>
    /// <param name="read">Rents and submits blocks; runs on its own thread.</param>
    /// <param name="write">Takes the compressed blocks in the order of submission; runs on the caller's thread.</param>
    /// <param name="cancellation">Gives up the run. A block being compressed is left to finish by itself.</param>
    public void Run(Action read, Action<BlockJob> write, CancellationToken cancellation)
    {
        using CancellationTokenRegistration registration = cancellation.Register(_stop.Cancel);
        Thread reader = Start("SquashFS reader", () =>
        {
            read();
            _readerDone = true;
            _doneCount.Release();
        });
        Thread[] compressors = new Thread[_threads];
        for (int i = 0; i < compressors.Length; i++)
            compressors[i] = Start("SquashFS compressor", Compress);
        try
        {
            Write(write);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            _failure?.Throw();
            cancellation.ThrowIfCancellationRequested();
            throw;
        }
        finally
        {
            _stop.Cancel();
            // The caller may close the sources after this; the compressors touch nothing of his.
            reader.Join();
        }
        foreach (Thread compressor in compressors)
            compressor.Join();
    }

    /// <summary>An unused block; waits for one.</summary>
    public BlockJob Rent()
    {
        _freeCount.Wait(_stop.Token);
        return _free.TryTake(out BlockJob? job) ? job : new BlockJob(_blockSize);
    }

    /// <summary>Hands a filled block over.</summary>
    public void Submit(BlockJob job)
    {
        _order.Enqueue(job);
        _work.Enqueue(job);
        _workCount.Release();
    }

    /// <summary>Takes a rented block back that was not used.</summary>
    public void Return(BlockJob job)
    {
        _free.Add(job);
        _freeCount.Release();
    }

    private void Write(Action<BlockJob> write)
    {
        while (true)
        {
            // Read before the queue is looked at: what is queued after this was not the last look.
            bool last = _readerDone;
            while (_order.TryPeek(out BlockJob? job) && job.IsCompleted)
            {
                _stop.Token.ThrowIfCancellationRequested();
                _order.TryDequeue(out _);
                write(job);
                Return(job);
            }
            if (last && _order.IsEmpty)
                return;
            _doneCount.Wait(_stop.Token);
        }
    }

    private void Compress()
    {
        using IBlockCompressor compressor = _codec.CreateCompressor(_level, _blockSize);
        while (true)
        {
            _workCount.Wait(_stop.Token);
            if (!_work.TryDequeue(out BlockJob? job))
                continue;
            job.Complete(compressor.Compress(job.Input.AsSpan(0, job.Length), job.Output));
            _doneCount.Release();
        }
    }

    private Thread Start(string name, Action action)
    {
        Thread thread = new(() =>
        {
            try
            {
                action();
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
            }
#pragma warning disable CA1031 // Whatever it is, it is thrown again on the caller's thread.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
                _stop.Cancel();
            }
        })
        { IsBackground = true, Name = name };
        thread.Start();
        return thread;
    }
}
