namespace RpiLive.Core.Streams;

/// <summary>An image that is changed in place.</summary>
internal abstract class EditedMedium : RandomAccessTarget, IDisposable
{
    /// <summary>The present content. Views of it show at once what is written; the length is that of the moment.</summary>
    public abstract RandomAccessSource Content { get; }

    /// <summary>Makes the image that long; what is added reads as zeros.</summary>
    /// <exception cref="Errors.ImageException">The host cannot do it.</exception>
    public abstract void SetLength(long length);

    /// <summary>Waits until everything written so far is on the disk: what is written later cannot get there before it.</summary>
    /// <exception cref="Errors.ImageException">The host cannot do it.</exception>
    public abstract void Flush();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of what the medium holds open.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
