using RpiLive.Core.Streams;

namespace RpiLive.Core.Partitions;

/// <summary>Says what an input without a partition table looks like, for the error message.</summary>
internal static class Lookalike
{
    private const string Decompress = "Decompress it first and pass the .img file.";
    private const string WholeImage = "Pass the image of the whole card, not of one partition.";
    private const string Convert = "Convert it to a raw image first: qemu-img convert -O raw IN OUT.";
    private const string DownloadAgain = "Download the image again and compare its SHA-256 with the published one.";
    private const string UseImage = "Pass a Raspberry Pi OS image (.img).";

    /// <summary>How much of the start must be zeros before the input is called empty.</summary>
    private const int ZeroProbe = 1 << 20;

    /// <summary>What the input looks like, and what to do about it.</summary>
    public static (string What, string Action) Describe(RandomAccessSource source)
    {
        if (source.Length == 0)
            return ("the file is empty", DownloadAgain);
        Span<byte> head = stackalloc byte[2048];
        head = head[..source.Read(0, head)];
        if (Container(head) is { } container)
            return container;
        if (FileSystem(source, head) is { } fileSystem)
            return ($"it looks like a bare {fileSystem} file system", WholeImage);
        if (Has(source, 0x8001, "CD001"u8))
            return ("it looks like an ISO 9660 image for CDs and USB sticks", UseImage);
        if (StartsWithZeros(source))
            return (source.Length <= ZeroProbe ? "it holds nothing but zeros" : "its first MiB holds nothing but zeros", DownloadAgain);
        if (source.Length < MasterBootRecord.SectorSize)
            return ($"it has {source.Length:N0} bytes, less than one sector", DownloadAgain);
        return MasterBootRecord.HasSignature(head)
            ? ("sector 0 is signed but its partition table holds no valid entry", UseImage)
            : ("sector 0 has no signature 55 AA", UseImage);
    }

    private static (string What, string Action)? Container(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]))
            return Compressed("xz");
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
            return Compressed("gzip");
        if (head.StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]))
            return Compressed("zstd");
        if (head.StartsWith("PK\x03\x04"u8))
            return Compressed("zip");
        if (head.StartsWith("BZh"u8))
            return Compressed("bzip2");
        if (head.StartsWith((ReadOnlySpan<byte>)[0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]))
            return Compressed("7z");
        if (head.StartsWith((ReadOnlySpan<byte>)[0x51, 0x46, 0x49, 0xFB]))
            return ("it is a virtual disk (qcow2)", Convert);
        if (head.StartsWith("vhdxfile"u8) || head.StartsWith("conectix"u8))
            return ("it is a virtual disk (VHD)", Convert);
        if (head.StartsWith("KDMV"u8))
            return ("it is a virtual disk (VMDK)", Convert);
        ReadOnlySpan<byte> text = head.TrimStart(" \t\r\n"u8);
        if (text.StartsWith("<!DOCTYPE"u8) || text.StartsWith("<!doctype"u8) || text.StartsWith("<html"u8) || text.StartsWith("<?xml"u8))
            return ("it is a web page or XML text, such as a failed download leaves", DownloadAgain);
        return null;

        static (string, string) Compressed(string format) => ($"it is {format}-compressed", Decompress);
    }

    private static string? FileSystem(RandomAccessSource source, ReadOnlySpan<byte> head)
    {
        if (head.Length >= 1082 && head[1080] == 0x53 && head[1081] == 0xEF)
            return "ext2/3/4";
        if (head.StartsWith("hsqs"u8))
            return "SquashFS";
        if (head.Length < 512)
            return null;
        ReadOnlySpan<byte> oemName = head.Slice(3, 8);
        if (oemName.SequenceEqual("NTFS    "u8))
            return "NTFS";
        if (oemName.SequenceEqual("EXFAT   "u8))
            return "exFAT";
        if (head[0] is 0xEB or 0xE9 && head[21] >= 0xF0 && head[16] is 1 or 2 && head[11] == 0 && head[12] is 2 or 4 or 8 or 16)
            return "FAT";
        return Has(source, 0x10040, "_BHRfS_M"u8) ? "Btrfs" : null;
    }

    private static bool Has(RandomAccessSource source, long offset, ReadOnlySpan<byte> magic)
    {
        Span<byte> bytes = stackalloc byte[8];
        bytes = bytes[..magic.Length];
        return source.Length >= offset + magic.Length && source.Read(offset, bytes) == bytes.Length && bytes.SequenceEqual(magic);
    }

    private static bool StartsWithZeros(RandomAccessSource source)
    {
        byte[] buffer = new byte[64 << 10];
        long end = Math.Min(source.Length, ZeroProbe);
        for (long offset = 0; offset < end;)
        {
            int count = source.Read(offset, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - offset)));
            if (count == 0 || buffer.AsSpan(0, count).ContainsAnyExcept((byte)0))
                return false;
            offset += count;
        }
        return true;
    }
}
