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

    private const int HeadLength = 2048;

    /// <summary>First bytes, what they mean and what to do.</summary>
    private static readonly (byte[] Magic, string What, string Action)[] s_magics =
    [
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "it is xz-compressed", Decompress),
        ([0x1F, 0x8B], "it is gzip-compressed", Decompress),
        ([0x28, 0xB5, 0x2F, 0xFD], "it is zstd-compressed", Decompress),
        ([.. "PK\x03\x04"u8], "it is zip-compressed", Decompress),
        ([.. "BZh"u8], "it is bzip2-compressed", Decompress),
        ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "it is 7z-compressed", Decompress),
        ([.. "Rar!\x1A\x07"u8], "it is a RAR archive", Decompress),
        ([0x04, 0x22, 0x4D, 0x18], "it is lz4-compressed", Decompress),
        ([0x02, 0x21, 0x4C, 0x18], "it is lz4-compressed", Decompress),
        ([.. "LZIP"u8], "it is lzip-compressed", Decompress),
        ([0x89, 0x4C, 0x5A, 0x4F, 0x00, 0x0D, 0x0A, 0x1A, 0x0A], "it is lzop-compressed", Decompress),
        ([0x1F, 0x9D], "it is packed with compress (.Z)", Decompress),
        ([.. "MSCF\0\0\0\0"u8], "it is a cabinet file", Decompress),
        ([0x51, 0x46, 0x49, 0xFB], "it is a virtual disk (qcow2)", Convert),
        ([.. "vhdxfile"u8], "it is a virtual disk (VHD)", Convert),
        ([.. "conectix"u8], "it is a virtual disk (VHD)", Convert),
        ([.. "KDMV"u8], "it is a virtual disk (VMDK)", Convert),
        ([.. "# Disk DescriptorFile"u8], "it is a virtual disk (VMDK)", Convert),
        ([.. "<<< "u8], "it is a virtual disk (VDI)", Convert),
        ([0x3A, 0xFF, 0x26, 0xED], "it is an Android sparse image", "Convert it to a raw image first: simg2img IN OUT."),
        ([.. "d8:announce"u8], "it is a torrent, not the image itself", "Download the image with it and pass that."),
    ];

    /// <summary>What the input looks like, and what to do about it.</summary>
    public static (string What, string Action) Describe(RandomAccessSource source)
    {
        if (source.Length == 0)
            return ("the file is empty", DownloadAgain);
        Span<byte> head = stackalloc byte[HeadLength];
        head = head[..source.Read(0, head)];
        if (Container(source) is { } container)
            return container;
        if (FileSystem(source, head) is { } fileSystem)
            return ($"it looks like a bare {fileSystem} file system", WholeImage);
        if (StartsWithZeros(source))
            return (source.Length <= ZeroProbe ? "it holds nothing but zeros" : "its first MiB holds nothing but zeros", DownloadAgain);
        if (source.Length < MasterBootRecord.SectorSize)
            return ($"it has {source.Length:N0} bytes, less than one sector", DownloadAgain);
        return MasterBootRecord.HasSignature(head)
            ? ("sector 0 is signed but its partition table holds no valid entry", UseImage)
            : ("sector 0 has no signature 55 AA", UseImage);
    }

    /// <summary>The archive, packed file or image of another kind that the input is, and what to do about it; null for none of those.</summary>
    public static (string What, string Action)? Container(RandomAccessSource source)
    {
        Span<byte> head = stackalloc byte[HeadLength];
        head = head[..source.Read(0, head)];
        foreach ((byte[] magic, string what, string action) in s_magics)
        {
            if (head.StartsWith(magic))
                return (what, action);
        }
        if (IsLzmaAlone(head))
            return ("it is packed with LZMA", Decompress);
        ReadOnlySpan<byte> text = head.TrimStart(" \t\r\n"u8);
        if (text.StartsWith("<!DOCTYPE"u8) || text.StartsWith("<!doctype"u8) || text.StartsWith("<html"u8) || text.StartsWith("<?xml"u8))
            return ("it is a web page or XML text, such as a failed download leaves", DownloadAgain);
        if (Has(source, 0x101, "ustar"u8))
            return ("it is a tar archive", Decompress);
        return Has(source, 0x8001, "CD001"u8) ? ("it looks like an ISO 9660 image for CDs and USB sticks", UseImage) : null;
    }

    /// <summary>The .lzma format has no magic: properties as every encoder sets them, a dictionary of whole 64 KiB, a size or none.</summary>
    private static bool IsLzmaAlone(ReadOnlySpan<byte> head) => head.Length > 13 && head.StartsWith((ReadOnlySpan<byte>)[0x5D, 0, 0])
        && (head.Slice(5, 8).IndexOfAnyExcept((byte)0xFF) < 0 || head.Slice(10, 3).IndexOfAnyExcept((byte)0) < 0);

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
