using RpiLive.Core.Errors;

namespace RpiLive.Core.Packed;

/// <summary>Unpacks one block from its start to its end. For one thread at a time.</summary>
public abstract class BlockUnpacker : IDisposable
{
    /// <summary>Memory that this unpacker holds, in bytes: its window and tables.</summary>
    public abstract long MemoryBytes { get; }

    /// <summary>Unpacks the next bytes; fills <paramref name="buffer"/> but for the last bytes of the block.</summary>
    /// <returns>Bytes written; 0 at the end of the block.</returns>
    /// <exception cref="ImageException">
    /// Damaged: every size and checksum that the format has for the block is verified before the read that gives its last
    /// byte returns.
    /// </exception>
    public abstract int Read(Span<byte> buffer);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of the unpacker's memory.</summary>
    /// <param name="disposing">True when called from <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
