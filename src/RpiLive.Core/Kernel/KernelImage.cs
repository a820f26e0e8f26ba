using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using RpiLive.Core.Compression;
using RpiLive.Core.Errors;
using RpiLive.Core.Tree;
using RpiLive.Core.Xz;

namespace RpiLive.Core.Kernel;

/// <summary>
/// What a kernel file says of itself. Known are the arm64 Image (Documentation/arch/arm64/booting.rst), plain, as gzip file or
/// inside an EFI zboot file (include/linux/pe.h of the kernel), and the 32-bit Arm zImage (arch/arm/boot/compressed/head.S).
/// </summary>
/// <param name="Architecture">What it is built for.</param>
/// <param name="Release">Its release as <c>uname -r</c> says it; null where it cannot be read.</param>
public sealed record KernelImage(KernelArchitecture Architecture, string? Release)
{
    /// <summary>The most bytes of a kernel file that are read.</summary>
    public const int MaxLength = 128 << 20;

    /// <summary>The most bytes that are unpacked in the search for the release.</summary>
    private const int MaxUnpackedLength = 256 << 20;

    /// <summary>The most places of a zImage that are tried as the start of its gzip payload.</summary>
    private const int MaxGzipTries = 16;

    private const int Arm64MagicOffset = 56, ZImageMagicOffset = 0x24, WindowLength = 1 << 16;
    private const uint ZImageMagic = 0x016F2818;

    private static ReadOnlySpan<byte> GzipMagic => [0x1F, 0x8B, 8];

    private static readonly KernelImage s_unknown = new(KernelArchitecture.Unknown, null);

    /// <summary>Looks into a kernel file. Never fails on damaged content: what cannot be read is unknown.</summary>
    /// <param name="content">The file.</param>
    /// <param name="codecs">For EFI zboot files with a zstd payload; those stay unknown without it.</param>
    public static KernelImage Inspect(FileContent content, ICodecs? codecs = null)
    {
        if (content.Length is < 64 or > MaxLength)
            return s_unknown;
        byte[] bytes = content.ReadAll(MaxLength);
        if (IsGzip(bytes))
            return InspectGzip(bytes, 0, bytes.Length) ?? s_unknown;
        if (IsArm64Image(bytes))
            return new(KernelArchitecture.Arm64, FindRelease(bytes));
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(ZImageMagicOffset)) == ZImageMagic)
            return InspectZImage(bytes);
        return IsZBoot(bytes) ? InspectZBoot(bytes, codecs) : s_unknown;
    }

    private static KernelImage InspectZImage(byte[] bytes)
    {
        int position = 0;
        for (int tries = 0; tries < MaxGzipTries; tries++)
        {
            int step = bytes.AsSpan(position).IndexOf(GzipMagic);
            if (step < 0)
                break;
            position += step;
            if (InspectGzip(bytes, position, bytes.Length - position) is { Release: { } release })
                return new(KernelArchitecture.Arm, release);
            position++;
        }
        return new(KernelArchitecture.Arm, null);
    }

    /// <summary>
    /// The kernel as every boot loader takes it: what lies inside an EFI zboot file, which boot loaders that are no EFI do not know; all
    /// others as they are.
    /// </summary>
    /// <param name="bytes">The file.</param>
    /// <param name="codecs">For zstd.</param>
    internal static byte[] ToPlain(byte[] bytes, ICodecs codecs)
    {
        if (!IsZBoot(bytes) || PayloadOf(bytes) is not { } payload)
            return bytes;
        byte[]? image = MethodOf(bytes).StartsWith("gzip\0"u8) ? BoundedGzip.Decompress(payload, MaxUnpackedLength) : UnpackZBoot(bytes, payload, codecs);
        return image is not null && IsArm64Image(image) ? image : bytes;
    }

    private static bool IsZBoot(ReadOnlySpan<byte> bytes) => bytes.Length >= 64 && bytes.StartsWith("MZ\0\0zimg"u8);

    private static ReadOnlySpan<byte> MethodOf(byte[] bytes) => bytes.AsSpan(24, 32);

    private static ReadOnlyMemory<byte>? PayloadOf(byte[] bytes)
    {
        uint offset = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8)), length = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(12));
        return length > bytes.Length || offset > bytes.Length - length ? null : bytes.AsMemory((int)offset, (int)length);
    }

    private static KernelImage InspectZBoot(byte[] bytes, ICodecs? codecs)
    {
        if (PayloadOf(bytes) is not { } payload)
            return s_unknown;
        if (MethodOf(bytes).StartsWith("gzip\0"u8))
            return InspectGzip(bytes, (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8)), payload.Length) ?? s_unknown;
        byte[]? image = UnpackZBoot(bytes, payload, codecs);
        return image is not null && IsArm64Image(image) ? new(KernelArchitecture.Arm64, FindRelease(image)) : s_unknown;
    }

    /// <summary>The payload unpacked; null where it is damaged, or packed by what is not known.</summary>
    private static byte[]? UnpackZBoot(byte[] bytes, ReadOnlyMemory<byte> payload, ICodecs? codecs)
    {
        ReadOnlySpan<byte> method = MethodOf(bytes);
        try
        {
            return method.StartsWith("xzkern\0"u8) || method.StartsWith("xz\0"u8) ? XzUnpacker.Unpack(payload, MaxUnpackedLength, "kernel")
                : method.StartsWith("zstd22\0"u8) || method.StartsWith("zstd\0"u8) ? codecs?.DecompressZstd(payload.Span, MaxUnpackedLength)
                : null;
        }
        catch (ImageException)
        {
            return null;
        }
    }

    /// <summary>Unpacks in windows, so that a forged file costs time but no memory. Null when it is no gzip data.</summary>
    private static KernelImage? InspectGzip(byte[] bytes, int offset, int length)
    {
        byte[] window = new byte[2 * WindowLength];
        KernelArchitecture architecture = KernelArchitecture.Unknown;
        int kept = 0;
        long total = 0;
        try
        {
            using MemoryStream source = new(bytes, offset, length, writable: false);
            using GZipStream gzip = new(source, CompressionMode.Decompress);
            while (total < MaxUnpackedLength)
            {
                int count = gzip.ReadAtLeast(window.AsSpan(kept, WindowLength), WindowLength, throwOnEndOfStream: false);
                ReadOnlySpan<byte> filled = window.AsSpan(0, kept + count);
                if (total == 0 && IsArm64Image(filled))
                    architecture = KernelArchitecture.Arm64;
                if (FindRelease(filled) is { } release)
                    return new(architecture, release);
                total += count;
                if (count < WindowLength)
                    break;
                // The text sought can lie across two windows.
                kept = Math.Min(filled.Length, 256);
                filled[^kept..].CopyTo(window);
            }
        }
        catch (InvalidDataException)
        {
            return total == 0 ? null : new(architecture, null);
        }
        return new(architecture, null);
    }

    /// <summary>The word after "Linux version ", the start of the kernel's linux_banner.</summary>
    private static string? FindRelease(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> banner = "Linux version "u8;
        while (bytes.IndexOf(banner) is >= 0 and int index)
        {
            bytes = bytes[(index + banner.Length)..];
            int end = bytes[..Math.Min(bytes.Length, 65)].IndexOf((byte)' ');
            if (end > 0 && char.IsAsciiDigit((char)bytes[0]))
            {
                string release = Encoding.ASCII.GetString(bytes[..end]);
                if (KernelRelease.IsValid(release))
                    return release;
            }
        }
        return null;
    }

    private static bool IsGzip(ReadOnlySpan<byte> bytes) => bytes.StartsWith(GzipMagic);

    private static bool IsArm64Image(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 64 && bytes[Arm64MagicOffset..].StartsWith("ARMd"u8);
}
