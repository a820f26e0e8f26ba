using System.Globalization;
using System.Text;
using RpiLive.Core.Errors;

namespace RpiLive.Core.Cpio;

/// <summary>Reads a cpio archive in the "newc" form, with or without checksums.</summary>
public static class CpioReader
{
    /// <summary>The entries of the first archive in <paramref name="archive"/>, in order, without the trailer.</summary>
    /// <param name="archive">The bytes, not compressed.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="ImageException"><c>CorruptCpio</c>.</exception>
    public static IReadOnlyList<CpioEntry> Read(ReadOnlyMemory<byte> archive, string name) => Read(archive, name, out _);

    /// <summary>As the other; <paramref name="length"/> gets the bytes up to the end of the trailer.</summary>
    internal static IReadOnlyList<CpioEntry> Read(ReadOnlyMemory<byte> archive, string name, out int length)
    {
        List<CpioEntry> entries = [];
        long position = 0;
        while (true)
        {
            ReadOnlySpan<byte> header = Range(position, CpioFormat.HeaderLength, "a header").Span;
            bool hasChecksum = header.StartsWith("070702"u8);
            if (!hasChecksum && !header.StartsWith("070701"u8))
                throw Corrupt($"no cpio header at offset {position:N0}");
            uint mode = Number(header, 1), time = Number(header, 5), size = Number(header, 6), nameLength = Number(header, 11);
            uint major = Number(header, 9), minor = Number(header, 10), checksum = Number(header, 12);
            if (nameLength is < 2 or > CpioFormat.MaxNameLength)
                throw Corrupt($"the entry at offset {position:N0} has a name of {nameLength:N0} bytes");
            ReadOnlySpan<byte> nameBytes = Range(position + CpioFormat.HeaderLength, nameLength, "a name").Span;
            if (nameBytes.IndexOf((byte)0) != nameBytes.Length - 1)
                throw Corrupt($"the name of the entry at offset {position:N0} does not end with its zero byte");
            string entryName = Encoding.UTF8.GetString(nameBytes[..^1]);
            position = Aligned(position + CpioFormat.HeaderLength + nameLength);
            if (entryName == CpioFormat.Trailer)
            {
                length = (int)Math.Min(position, archive.Length);
                return entries;
            }
            ReadOnlyMemory<byte> content = Range(position, size, $"the content of {entryName}");
            // GNU cpio sums up files alone.
            if (hasChecksum && (mode & CpioFormat.TypeMask) == CpioFormat.RegularFile && Sum(content.Span) != checksum)
                throw Corrupt($"the checksum of {entryName} does not match");
            entries.Add(new CpioEntry(entryName, mode, content, time, major, minor));
            position = Aligned(position + size);
        }

        ReadOnlyMemory<byte> Range(long offset, uint length, string what)
        {
            if (offset > archive.Length - (long)length)
                throw Corrupt($"cut short: {what} of {length:N0} bytes is promised at offset {offset:N0} of {archive.Length:N0}");
            return archive.Slice((int)offset, (int)length);
        }

        uint Number(ReadOnlySpan<byte> header, int index)
        {
            ReadOnlySpan<byte> digits = header.Slice(6 + (index * 8), 8);
            if (!uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value))
                throw Corrupt($"the header at offset {position:N0} has a field that is no hexadecimal number");
            return value;
        }

        ImageException Corrupt(string what) => ImageException.Corrupt("Cpio", name, what);
    }

    private static long Aligned(long offset) => (offset + 3) & ~3L;

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        foreach (byte value in bytes)
            sum += value;
        return sum;
    }
}
