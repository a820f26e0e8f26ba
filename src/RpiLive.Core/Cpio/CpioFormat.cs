namespace RpiLive.Core.Cpio;

/// <summary>The "newc" form of cpio, as Documentation/driver-api/early-userspace/buffer-format.rst of Linux describes it.</summary>
internal static class CpioFormat
{
    /// <summary>Bytes of the header: the magic and 13 numbers of 8 hexadecimal digits.</summary>
    public const int HeaderLength = 6 + (13 * 8);

    /// <summary>Name of the entry that ends an archive.</summary>
    public const string Trailer = "TRAILER!!!";

    /// <summary>The most bytes of a name with its zero, as Linux has it (PATH_MAX).</summary>
    public const int MaxNameLength = 4096;

    public const uint TypeMask = 0xF000, Directory = 0x4000, RegularFile = 0x8000, SymbolicLink = 0xA000,
        CharacterDevice = 0x2000;
}
