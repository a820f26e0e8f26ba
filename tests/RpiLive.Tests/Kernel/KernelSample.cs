using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using RpiLive.Core.Elf;
using RpiLive.Tests.Elf;

namespace RpiLive.Tests.Kernel;

/// <summary>Makes small kernels and modules.</summary>
internal static class KernelSample
{
    /// <summary>A plain arm64 Image with a banner at an offset.</summary>
    public static byte[] Arm64(string release, int bannerAt = 100_000)
    {
        byte[] image = Payload(release, bannerAt);
        "MZ"u8.CopyTo(image);
        "ARMd"u8.CopyTo(image.AsSpan(56));
        return image;
    }

    /// <summary>A zImage: head, a false gzip start, then the gzip payload and more bytes.</summary>
    public static byte[] ZImage(string release)
    {
        byte[] head = new byte[8192];
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(0x24), 0x016F2818);
        ((ReadOnlySpan<byte>)[0x1F, 0x8B, 8, 0]).CopyTo(head.AsSpan(3000));
        return [.. head, .. Gzip(Payload(release, 70_000)), .. new byte[5000]];
    }

    /// <summary>An EFI zboot file around a payload.</summary>
    public static byte[] ZBoot(string method, byte[] payload)
    {
        byte[] head = new byte[512];
        "MZ\0\0zimg"u8.CopyTo(head);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(8), 512);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(12), payload.Length);
        Encoding.ASCII.GetBytes(method).CopyTo(head, 24);
        return [.. head, .. payload, .. new byte[100]];
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using MemoryStream result = new();
        using (GZipStream gzip = new(result, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return result.ToArray();
    }

    public static byte[] Module(string release, ElfMachine machine = ElfMachine.Arm64, string strings = "") => new ElfSample
    {
        Is64Bit = machine == ElfMachine.Arm64, Machine = machine, Type = ElfType.Relocatable,
        Sections =
        [
            (".modinfo", Encoding.ASCII.GetBytes($"license=GPL\0vermagic={release} SMP preempt mod_unload modversions aarch64\0")),
            (".strtab", Encoding.ASCII.GetBytes("\0init_module\0" + strings + "\0")),
        ],
    }.Build();

    private static byte[] Payload(string release, int bannerAt)
    {
        byte[] payload = new byte[bannerAt + 1000];
        "Linux version %s (%s)\0"u8.CopyTo(payload.AsSpan(2000));
        Encoding.ASCII.GetBytes($"Linux version {release} (builder@host) (gcc) #1 SMP\n\0").CopyTo(payload, bannerAt);
        return payload;
    }
}
