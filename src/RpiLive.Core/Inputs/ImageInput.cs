using RpiLive.Core.Compression;
using RpiLive.Core.Errors;
using RpiLive.Core.Packed;
using RpiLive.Core.Streams;
using RpiLive.Core.Xz;

namespace RpiLive.Core.Inputs;

/// <summary>
/// An image file, packed or not, as the bytes of the disk. Packings that unpack in pieces are read in place; the others are
/// unpacked once into a temporary file, which is gone when this object is disposed of or the process ends.
/// </summary>
public sealed class ImageInput : IDisposable
{
    /// <summary>The most bytes of an image: what a partition table of 32-bit sector numbers reaches.</summary>
    public const long MaxImageLength = 2L << 40;

    /// <summary>A block larger than this is not unpacked again for each read from it.</summary>
    private const long MaxBlockLength = 1 << 30;

    private const int PieceLength = 1 << 20;
    private const long CacheBytesPerThread = 10 << 20;

    private readonly IDisposable[] _owned;

    private ImageInput(RandomAccessSource content, ImageFormat format, string? innerName, params IDisposable[] owned)
    {
        Content = content;
        Format = format;
        InnerName = innerName;
        _owned = owned;
    }

    /// <summary>The bytes of the disk; valid until disposal.</summary>
    public RandomAccessSource Content { get; }

    /// <summary>How the file is packed.</summary>
    public ImageFormat Format { get; }

    /// <summary>Name of the image inside its archive; null for packings that hold one file.</summary>
    public string? InnerName { get; }

    /// <summary>True when the image was unpacked to a temporary file.</summary>
    public bool UsesScratch => _owned.Any(owned => owned is ScratchFile);

    /// <summary>Memory for unpacked blocks in bytes; 0 where there are none, and setting it does nothing.</summary>
    public long CacheBytes
    {
        get => (Content as PackedSource)?.CacheBytes ?? 0;
        set
        {
            if (Content is PackedSource source)
                source.CacheBytes = value;
        }
    }

    /// <summary>Recognises the packing by the content of the file and makes the image readable.</summary>
    /// <param name="file">The file; it stays open and must outlive the result.</param>
    /// <param name="codecs">The codecs that the base class library lacks.</param>
    /// <param name="options">How to read.</param>
    /// <param name="progress">Told how many bytes of how many are unpacked or verified; may be null.</param>
    /// <param name="cancellation">Stops the work, and for as long as the result lives its reading.</param>
    /// <exception cref="ImageException">
    /// <c>CorruptX</c> or <c>UnsupportedX</c> of the packing, <see cref="ErrorIds.FormatNotSupported"/>,
    /// <see cref="ErrorIds.ImageMissing"/>, <see cref="ErrorIds.ImageAmbiguous"/>, <see cref="ErrorIds.TooLarge"/>,
    /// <see cref="ErrorIds.ScratchFull"/> or <see cref="ErrorIds.ScratchUnwritable"/>.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ImageInput Open(
        FileSource file, ICodecs codecs, InputOptions options, Action<long, long>? progress, CancellationToken cancellation) =>
        FormatProbe.Recognise(file) switch
        {
            ImageFormat.Xz => OpenBlocks(OpenXz(file), ImageFormat.Xz, options, progress, cancellation),
            ImageFormat.Gzip => Unpack(new GzipReader(file, cancellation), file.Name, ImageFormat.Gzip, null, options, progress, cancellation),
            ImageFormat.Zstd when ZstdFrames.TryOpen(file, codecs, cancellation) is { } frames =>
                OpenBlocks(frames, ImageFormat.Zstd, options, progress, cancellation),
            ImageFormat.Zstd => Unpack(new ZstdReader(file, codecs, cancellation), file.Name, ImageFormat.Zstd, null, options, progress, cancellation),
            ImageFormat.Zip => OpenZip(file, options, progress, cancellation),
            _ => new ImageInput(file, ImageFormat.Raw, null),
        };

    /// <summary>Deletes the temporary file and lets go of all memory; the file that was opened stays open.</summary>
    public void Dispose()
    {
        foreach (IDisposable owned in _owned)
            owned.Dispose();
    }

    internal static ImageException TooLarge(string name) => new(
        ErrorIds.TooLarge, ImageErrorKind.Unsupported, $"{name}: it unpacks to more than the {MaxImageLength:N0} bytes that an image can have.",
        "Check where the file comes from: it is damaged, or made to fill disks.");

    /// <summary>The blocks of an .xz file.</summary>
    private static XzFile OpenXz(FileSource file) => new(file.Slice(0, file.Length, file.Name));

    private static ImageInput OpenBlocks(
        PackedBlocks blocks, ImageFormat format, InputOptions options, Action<long, long>? progress, CancellationToken cancellation)
    {
        try
        {
            if (blocks.Length > MaxImageLength)
                throw TooLarge(blocks.Name);
            if (blocks.Blocks.Count > 1 && blocks.Blocks.All(block => block.Length <= MaxBlockLength))
            {
                int threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
                PackedSource source = new(blocks, threads, options.CacheBytes > 0 ? options.CacheBytes : threads * CacheBytesPerThread);
                return new ImageInput(source, format, null, source);
            }
            ImageInput result = Unpack(new BlocksReader(blocks), blocks.Name, format, null, options, progress, cancellation);
            blocks.Dispose();
            return result;
        }
        catch
        {
            blocks.Dispose();
            throw;
        }
    }

    private static ImageInput OpenZip(FileSource file, InputOptions options, Action<long, long>? progress, CancellationToken cancellation)
    {
        ZipEntry entry = ZipImage.Choose(file, cancellation);
        RandomAccessSource packed = ZipContent.Open(file, entry);
        ZipEntryReader reader = new(packed, entry, cancellation);
        if (entry.Method != ZipContent.Stored)
            return Unpack(reader, packed.Name, ImageFormat.Zip, entry.Name, options, progress, cancellation);
        using (reader)
            Drain(reader, static _ => { }, packed.Name, progress, cancellation);
        return new ImageInput(packed, ImageFormat.Zip, entry.Name);
    }

    private static ImageInput Unpack(
        SequentialReader reader, string name, ImageFormat format, string? innerName,
        InputOptions options, Action<long, long>? progress, CancellationToken cancellation)
    {
        using (reader)
        {
            if (reader.Length > MaxImageLength)
                throw TooLarge(name);
            ScratchFile scratch = new(options.ScratchFolder, name);
            try
            {
                if (reader.Length is { } length)
                    scratch.RequireFreeSpace(length);
                Drain(reader, scratch.Append, name, progress, cancellation);
                return new ImageInput(scratch.Finish(), format, innerName, scratch);
            }
            catch
            {
                scratch.Dispose();
                throw;
            }
        }
    }

    /// <summary>Reads everything, so that everything is verified, and hands it on in pieces.</summary>
    private static void Drain(
        SequentialReader reader, Action<ReadOnlySpan<byte>> append, string name, Action<long, long>? progress, CancellationToken cancellation)
    {
        byte[] piece = new byte[PieceLength];
        long total = 0;
        int filled;
        do
        {
            cancellation.ThrowIfCancellationRequested();
            filled = reader.Fill(piece);
            total += filled;
            if (total > MaxImageLength)
                throw TooLarge(name);
            append(piece.AsSpan(0, filled));
            progress?.Invoke(reader.Done, reader.Total);
        }
        while (filled == piece.Length);
    }
}
