using RpiLive.Core.Errors;
using RpiLive.Core.Inputs;
using RpiLive.Core.Streams;
using RpiLive.Core.Xz;

namespace RpiLive.Core.Debian.Archive;

/// <summary>A fetched Packages file: the packages of a component for an architecture.</summary>
/// <param name="Release">The suite; what the index names lies below its mirror.</param>
/// <param name="Component">The component, such as <c>main</c>.</param>
/// <param name="Entry">What the Release file says of the packed index.</param>
/// <param name="Path">Full path of the packed index in the cache.</param>
public sealed record PackagesIndex(SuiteRelease Release, string Component, ReleaseEntry Entry, string Path)
{
    /// <summary>The most bytes that an index may unpack to; Debian's largest has 60 million.</summary>
    public const long MaxLength = 512L << 20;

    /// <summary>What errors call the index.</summary>
    public string Name => $"{Release.Suite}/{Entry.Path}";

    /// <summary>Opens the text of the index.</summary>
    /// <param name="cancellation">Ends every further read.</param>
    /// <exception cref="ImageException">
    /// <c>CorruptXz</c>, <c>UnsupportedXz</c> or <c>CorruptGzip</c>, also from reads; <c>CorruptRelease</c>, from reads: more than
    /// <see cref="MaxLength"/>; <see cref="ErrorIds.ImageUnreadable"/>.
    /// </exception>
    public Stream Open(CancellationToken cancellation)
    {
        FileSource file = new(Path);
        try
        {
            if (Entry.Path.EndsWith(".gz", StringComparison.Ordinal))
                return new IndexStream(new GzipReader(file, cancellation), file, Name, MaxLength, cancellation);
            if (!Entry.Path.EndsWith(".xz", StringComparison.Ordinal))
                return new IndexStream(new PlainReader(file), file, Name, MaxLength, cancellation);
            XzFile blocks = new(file);
            return new IndexStream(new BlocksReader(blocks), blocks, Name, MaxLength, cancellation);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
