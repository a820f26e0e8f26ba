using System.Formats.Tar;
using RpiLive.Core.Compression;
using RpiLive.Core.Errors;
using RpiLive.Core.Inputs;
using RpiLive.Core.Streams;
using RpiLive.Core.Xz;

namespace RpiLive.Core.Debian.Deb;

/// <summary>
/// One of the two tar archives in a package, unpacked from start to end: plain, gzip, xz or zstd (deb(5)). For one thread.
/// </summary>
internal sealed class DebArchive : IDisposable
{
    private readonly string _name;
    private readonly IDisposable? _packed;
    private readonly SequentialReader _reader;
    private readonly BoundedStream _stream;
    private readonly TarReader _tar;

    /// <summary>Opens the archive.</summary>
    /// <param name="source">The package.</param>
    /// <param name="member">The archive in it.</param>
    /// <param name="codecs">For zstd.</param>
    /// <param name="limit">The most bytes that it may unpack to.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="ImageException"><c>CorruptDeb</c>.</exception>
    public DebArchive(RandomAccessSource source, DebMember member, ICodecs codecs, long limit, CancellationToken cancellation)
    {
        _name = source.Name;
        RandomAccessSource content = source.Slice(member.Offset, member.Length, source.Name);
        (_reader, _packed) = Guard(() => Open(content, member.Name, codecs, cancellation));
        _stream = new BoundedStream(_reader, source.Name, limit, cancellation);
        _tar = new TarReader(_stream);
    }

    /// <summary>The next entry; null at the end.</summary>
    /// <exception cref="ImageException"><c>CorruptDeb</c>.</exception>
    public TarEntry? Next() => Guard(() =>
    {
        TarEntry? entry = _tar.GetNextEntry();
        if (entry is null)
        {
            // What compressions verify at their end shall be verified.
            Span<byte> rest = stackalloc byte[4096];
            while (_stream.Read(rest) > 0)
            {
            }
        }
        return entry;
    });

    /// <summary>Copies the content of the entry last read.</summary>
    /// <exception cref="ImageException"><c>CorruptDeb</c>, or an error of the one who takes it.</exception>
    public void Copy(TarEntry entry, Action<ReadOnlySpan<byte>> take, byte[] buffer) => Guard(() =>
    {
        long left = entry.Length;
        while (left > 0)
        {
            int count = entry.DataStream!.Read(buffer, 0, (int)Math.Min(buffer.Length, left));
            if (count == 0)
                throw DebErrors.Corrupt(_name, $"it ends inside of {entry.Name}");
            take(buffer.AsSpan(0, count));
            left -= count;
        }
        return true;
    });

    public void Dispose()
    {
        _tar.Dispose();
        _reader.Dispose();
        _packed?.Dispose();
    }

    private static (SequentialReader Reader, IDisposable? Packed) Open(RandomAccessSource content, string name, ICodecs codecs, CancellationToken cancellation)
    {
        switch (Path.GetExtension(name))
        {
            case ".xz":
                XzFile xz = new(content);
                return (new BlocksReader(xz), xz);
            case ".gz":
                return (new GzipReader(content, cancellation), null);
            case ".zst":
                return (new ZstdReader(content, codecs, cancellation), null);
            case ".tar":
                return (new PlainReader(content), null);
            default:
                throw DebErrors.Corrupt(content.Name, $"{name} is compressed in a way that packages of Debian are not");
        }
    }

    /// <summary>What is wrong with the packing or the archive is wrong with the package: its user knows nothing of them.</summary>
    private T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (ImageException e) when (e.Kind is ImageErrorKind.Corrupt or ImageErrorKind.Unsupported && e.ErrorId != "CorruptDeb")
        {
            string named = _name + ": ";
            throw DebErrors.Corrupt(_name, (e.Message.StartsWith(named, StringComparison.Ordinal) ? e.Message[named.Length..] : e.Message).TrimEnd('.'));
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            throw DebErrors.Corrupt(_name, $"its archive is damaged ({e.Message.TrimEnd('.')})");
        }
    }
}
