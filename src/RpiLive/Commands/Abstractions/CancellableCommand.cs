using System.Management.Automation;

namespace RpiLive.Commands.Abstractions;

/// <summary>A cmdlet with a token that is cancelled when the pipeline is stopped.</summary>
public abstract class CancellableCommand : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private bool _disposed;

    /// <summary>Cancelled when the pipeline stops.</summary>
    private protected CancellationToken StopToken => _stop.Token;

    /// <summary>Only signals: whoever does the work cleans up after itself.</summary>
    protected sealed override void StopProcessing()
    {
        lock (_gate)
        {
            if (!_disposed)
                _stop.Cancel();
        }
    }

    /// <summary>Releases the token.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the token; overriders call this.</summary>
    /// <param name="disposing">True when called by Dispose.</param>
    protected virtual void Dispose(bool disposing)
    {
        lock (_gate)
        {
            if (_disposed || !disposing)
                return;
            _disposed = true;
            _stop.Dispose();
        }
    }

    /// <summary>Tells a step to who asked for it: by -Verbose, or by -Debug alone, with which PowerShell would stop and ask at every verbose line.</summary>
    private protected void WriteStep(string step)
    {
        bool debugs = MyInvocation.BoundParameters.TryGetValue("Debug", out object? debug) && LanguagePrimitives.IsTrue(debug);
        if (debugs && !MyInvocation.BoundParameters.ContainsKey("Verbose"))
            WriteDebug(step);
        else
            WriteVerbose(step);
    }

    /// <summary>
    /// Runs <paramref name="work"/> on a thread of its own while this thread, the only one that may write to the pipeline, calls
    /// <paramref name="pump"/> five times a second. When the pump throws, as it does when the pipeline stops,
    /// the work is cancelled and waited for: nothing goes on behind the back of the user.
    /// </summary>
    /// <exception cref="PipelineStoppedException">The pipeline was stopped.</exception>
    private protected TResult RunPumped<TResult>(Func<CancellationToken, TResult> work, Action pump)
    {
        using CancellationTokenSource cancellation = CancellationTokenSource.CreateLinkedTokenSource(StopToken);
        CancellationToken token = cancellation.Token;
        Task<TResult> task = Task.Factory.StartNew(() => work(token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            while (Task.WaitAny([task], TimeSpan.FromMilliseconds(200)) < 0)
                pump();
        }
        finally
        {
            cancellation.Cancel();
            Task.WaitAny(task);
        }
        try
        {
            return task.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (StopToken.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }
}
