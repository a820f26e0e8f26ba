using Microsoft.Win32.SafeHandles;
using RpiLive.Core.Errors;

namespace RpiLive.Core.Streams;

/// <summary>An open file of the host, for writing. Does not own the handle.</summary>
public sealed class FileTarget : RandomAccessTarget
{
    private readonly SafeFileHandle _handle;

    internal FileTarget(SafeFileHandle handle, string name)
    {
        _handle = handle;
        Name = name;
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(_handle, bytes, offset);
        }
        catch (Exception e) when (HostErrors.IsHostError(e))
        {
            throw HostErrors.Translate(Name, e);
        }
    }

    /// <summary>Makes the file that long; what is added reads as zeros and takes no space where the host can do so.</summary>
    /// <exception cref="ImageException"><see cref="ErrorIds.DestinationFull"/> or <see cref="ErrorIds.DestinationUnwritable"/>.</exception>
    public void SetLength(long length) => HostErrors.Guard(Name, () => RandomAccess.SetLength(_handle, length));

    /// <summary>Waits until the disk has everything that was written.</summary>
    /// <exception cref="ImageException"><see cref="ErrorIds.DestinationFull"/> or <see cref="ErrorIds.DestinationUnwritable"/>.</exception>
    public void Flush() => HostErrors.Guard(Name, () => RandomAccess.FlushToDisk(_handle));
}
