using RpiLive.Core.Errors;

namespace RpiLive.Core.Inputs;

/// <summary>Unpacks an image from its start to its end. For one thread.</summary>
internal abstract class SequentialReader : IDisposable
{
    /// <summary>Size of the unpacked image in bytes; null where the packing does not tell.</summary>
    public abstract long? Length { get; }

    /// <summary>How much of <see cref="Total"/> is done.</summary>
    public abstract long Done { get; }

    /// <summary>The work in bytes: unpacked ones where their number is known, else packed ones.</summary>
    public abstract long Total { get; }

    /// <summary>Unpacks the next bytes, as many as come at once.</summary>
    /// <returns>Bytes written; 0 at the end, when every size and checksum of the packing has been verified.</returns>
    /// <exception cref="ImageException">Damaged.</exception>
    public abstract int Read(Span<byte> buffer);

    /// <summary>Fills the buffer, but for the last bytes of the image.</summary>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ImageException">Damaged.</exception>
    public int Fill(Span<byte> buffer)
    {
        int filled = 0;
        for (int count; filled < buffer.Length && (count = Read(buffer[filled..])) > 0;)
            filled += count;
        return filled;
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}
