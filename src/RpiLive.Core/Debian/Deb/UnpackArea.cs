using RpiLive.Core.Inputs;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Debian.Deb;

/// <summary>A temporary file that takes the files of packages, and gives them back once all are in. For one thread while it is filled.</summary>
/// <param name="folder">Where it lies.</param>
/// <param name="name">What errors call what is unpacked here.</param>
internal sealed class UnpackArea(string folder, string name) : IDisposable
{
    private readonly ScratchFile _file = new(folder, name);
    private RandomAccessSource? _source;

    /// <summary>Bytes in it.</summary>
    public long Length => _file.Length;

    /// <summary>Adds bytes at the end.</summary>
    /// <exception cref="Errors.ImageException">An error of the disk.</exception>
    public void Append(ReadOnlySpan<byte> bytes) => _file.Append(bytes);

    /// <summary>The bytes from <paramref name="offset"/> on, readable after <see cref="Finish"/>.</summary>
    public FileContent Content(long offset, long length) => new AreaContent(this, offset, length);

    /// <summary>Ends the filling.</summary>
    public void Finish() => _source = _file.Finish();

    public void Dispose() => _file.Dispose();

    private sealed class AreaContent(UnpackArea area, long offset, long length) : FileContent
    {
        public override long Length => length;

        public override void Read(long position, Span<byte> buffer) => area._source!.ReadExactly(offset + position, buffer);
    }
}
