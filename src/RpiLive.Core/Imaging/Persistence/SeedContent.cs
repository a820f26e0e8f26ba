using Microsoft.Win32.SafeHandles;
using RpiLive.Core.Errors;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Persistence;

/// <summary>A file of the host, opened for each piece that is read, so that any number of files can wait their turn.</summary>
internal sealed class SeedContent(string path, long length) : FileContent
{
    /// <inheritdoc/>
    public override long Length => length;

    /// <inheritdoc/>
    public override void Read(long offset, Span<byte> buffer)
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(path);
            for (int done = 0; done < buffer.Length;)
            {
                int count = RandomAccess.Read(file, buffer[done..], offset + done);
                if (count == 0)
                    throw new EndOfStreamException("it has become shorter since it was found");
                done += count;
            }
        }
        catch (Exception e) when (SeedFolder.IsHostError(e))
        {
            throw SeedFolder.Unreadable(path, e);
        }
    }
}
