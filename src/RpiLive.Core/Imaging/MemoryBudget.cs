namespace RpiLive.Core.Imaging;

/// <summary>How much memory a live system needs. The one place of these numbers; /init gets its reserve from here.</summary>
public static class MemoryBudget
{
    /// <summary>
    /// MiB that must stay available after the root was copied to RAM: a Debian system without a desktop takes some
    /// 145 MiB once started, the rest is room for the upper layer.
    /// </summary>
    public const int ReserveMebibytes = 192;

    /// <summary>
    /// MiB of a board's RAM that never reach user space: firmware and GPU (76 MiB), kernel with its page tables, and the
    /// initramfs. A 1 GiB board has about 830 MiB available when /init starts.
    /// </summary>
    private const int SystemShareMebibytes = 196;

    /// <summary>Bytes of RAM that a board needs to run a root of this size from RAM.</summary>
    /// <param name="rootLength">Bytes of the squashfs.</param>
    public static long RequiredMemory(long rootLength) => rootLength + ((long)(ReserveMebibytes + SystemShareMebibytes) << 20);
}
