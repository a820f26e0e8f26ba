using RpiLive.Core.Errors;
using RpiLive.Core.Partitions;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Inputs;

/// <summary>
/// Chooses the image among the files of a ZIP archive: the one of at least 1 MiB whose first sector is signed like that of a
/// disk; where no file is, the one whose name ends in <c>.img</c>. More than one is an error.
/// </summary>
internal static class ZipImage
{
    private const int LeastLength = 1 << 20;
    private const int ShownNames = 10;
    private static readonly string[] s_packings = [".xz", ".gz", ".zst", ".bz2", ".7z", ".zip"];

    /// <summary>Finds the image.</summary>
    /// <exception cref="ImageException">
    /// <see cref="ErrorIds.ImageMissing"/>, <see cref="ErrorIds.ImageAmbiguous"/>, <c>CorruptZip</c> or <c>UnsupportedZip</c>.
    /// </exception>
    public static ZipEntry Choose(RandomAccessSource file, CancellationToken cancellation)
    {
        IReadOnlyList<ZipEntry> entries = ZipDirectory.Read(file);
        List<ZipEntry> images = [.. entries.Where(entry => StartsLikeADisk(file, entry, cancellation))];
        if (images.Count == 0)
            images.AddRange(entries.Where(IsNamedImage));
        if (images.Count > 1)
        {
            throw new ImageException(ErrorIds.ImageAmbiguous, ImageErrorKind.Unsupported,
                $"{file.Name}: the archive holds {images.Count:N0} images: {List(images)}.", "Unpack it and pass one of them.");
        }
        if (images.Count == 0)
            throw Missing(file, entries);
        if (ZipContent.Obstacle(images[0]) is { } obstacle)
            throw ZipFields.Unsupported(file, $"'{images[0].Name}' {obstacle}, which is not read");
        return images[0];
    }

    private static bool IsNamedImage(ZipEntry entry) =>
        entry.Name.EndsWith(".img", StringComparison.OrdinalIgnoreCase) && !Path.GetFileName(entry.Name).StartsWith("._", StringComparison.Ordinal);

    private static bool StartsLikeADisk(RandomAccessSource file, ZipEntry entry, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (entry.Length < LeastLength || ZipContent.Obstacle(entry) is not null)
            return false;
        try
        {
            using ZipEntryReader reader = new(ZipContent.Open(file, entry), entry, cancellation);
            Span<byte> sector = stackalloc byte[MasterBootRecord.SectorSize];
            return reader.Fill(sector) == sector.Length && MasterBootRecord.HasSignature(sector);
        }
        catch (ImageException)
        {
            // If it is the one by its name, it will be reported when it is read.
            return false;
        }
    }

    private static ImageException Missing(RandomAccessSource file, IReadOnlyList<ZipEntry> entries)
    {
        bool isPacked = entries.Any(entry => s_packings.Contains(Path.GetExtension(entry.Name), StringComparer.OrdinalIgnoreCase));
        return new ImageException(ErrorIds.ImageMissing, ImageErrorKind.Missing,
            $"{file.Name}: the archive holds no image{(entries.Count == 0 ? "; it is empty" : $", but {List(entries)}")}.",
            isPacked ? "Unpack it and pass the packed image that is in it." : "Pass an archive with an image (.img) in it.");
    }

    private static string List(IReadOnlyList<ZipEntry> entries) =>
        string.Join(", ", entries.Take(ShownNames).Select(entry => entry.Name)) + (entries.Count > ShownNames ? " …" : "");
}
