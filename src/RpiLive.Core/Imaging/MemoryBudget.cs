using RpiLive.Core.Imaging.Facts;

namespace RpiLive.Core.Imaging;

/// <summary>How much memory a live system has and needs. The one place of these numbers; /init gets its reserve from here.</summary>
/// <remarks>
/// Of the RAM of a board, what firmware and GPU keep and what the kernel takes for itself and its page structures is gone before user
/// space sees any (<c>MemTotal</c>). Of that the kernel can give what <c>MemAvailable</c> says when /init starts; CMA counts in, as the
/// kernel lends it out. From 512 MiB on it holds back more, for huge pages (mm/khugepaged.c). The squashfs goes from it in RAM mode, and
/// what the system takes once all is started. The figures were taken from boots in QEMU: docs/design.md has them.
/// </remarks>
public static class MemoryBudget
{
    /// <summary>MiB that a system without a desktop takes once started, less what of the boot it gets back.</summary>
    public const int ConsoleUseMebibytes = 20;

    /// <summary>MiB that a system with a desktop takes once started; not measured, but taken from what is said of published images.</summary>
    public const int DesktopUseMebibytes = 330;

    /// <summary>MiB that must be left for what is written and for programs, once the system is started.</summary>
    public const int UpperReserveMebibytes = 120;

    /// <summary>MiB that the journal in RAM takes at most.</summary>
    public const int JournalMebibytes = 16;

    /// <summary>MiB of the kernel itself: code, data and what it sets aside at its start.</summary>
    private const int KernelMebibytes = 27;

    /// <summary>Thousandths of the RAM that the kernel takes for page structures (64 of 4,096 bytes) and hash tables.</summary>
    private const int KernelThousandths = 19;

    /// <summary>MiB of <c>MemTotal</c> that are not available when /init starts: the unpacked initramfs, the kernel's own structures, its last reserve.</summary>
    private const int StartMebibytes = 38;

    /// <summary>MiB of <c>MemTotal</c> from which on the kernel uses huge pages, and what it then holds back at the start and once all is started.</summary>
    private const int HugePagesFrom = 512, HugePagesAtStart = 42, HugePagesLater = 21;

    private const int MiB = 1 << 20;

    /// <summary>MiB of RAM that a system takes before anyone works with it.</summary>
    /// <param name="hasDesktop">Whether it starts a desktop.</param>
    public static int BaseUse(bool hasDesktop) => hasDesktop ? DesktopUseMebibytes : ConsoleUseMebibytes;

    /// <summary>MiB that must stay available after the root was copied to RAM.</summary>
    /// <param name="baseUse">MiB that the system takes once started.</param>
    public static int Reserve(int baseUse) => baseUse + UpperReserveMebibytes;

    /// <summary>MiB that are available when /init starts.</summary>
    /// <param name="memory">MiB of RAM of the board.</param>
    /// <param name="soc">Its chip; null for a machine whose firmware keeps none, such as QEMU's <c>virt</c>.</param>
    public static int AvailableAtStart(int memory, SocFamily? soc)
    {
        int total = Total(memory, soc);
        return Math.Max(0, total - StartMebibytes - (total < HugePagesFrom ? 0 : HugePagesAtStart));
    }

    /// <summary>MiB that are available once the system is started; negative where it does not start.</summary>
    /// <param name="memory">MiB of RAM of the board.</param>
    /// <param name="soc">Its chip; null for a machine whose firmware keeps none.</param>
    /// <param name="rootInRam">Bytes of the squashfs in RAM; 0 for a root on the medium.</param>
    /// <param name="baseUse">MiB that the system takes once started.</param>
    public static int FreeAfterBoot(int memory, SocFamily? soc, long rootInRam, int baseUse) =>
        AvailableAtStart(memory, soc) - ToMebibytes(rootInRam) - baseUse - (Total(memory, soc) < HugePagesFrom ? 0 : HugePagesLater);

    /// <summary>Bytes of RAM that a board of any model needs to run a root of this size from RAM.</summary>
    /// <param name="rootLength">Bytes of the squashfs.</param>
    /// <param name="reserve">MiB that must stay available after the copy.</param>
    public static long RequiredMemory(long rootLength, int reserve)
    {
        int needed = ToMebibytes(rootLength) + reserve, memory = needed;
        while (AvailableAtStart(memory, SocFamily.Bcm2711) < needed)
            memory++;
        return (long)memory * MiB;
    }

    /// <summary>Where a root would live on a board.</summary>
    /// <param name="memory">MiB of RAM of the board.</param>
    /// <param name="soc">Its chip.</param>
    /// <param name="rootLength">Bytes of the squashfs.</param>
    /// <param name="reserve">MiB that must stay available.</param>
    /// <param name="mode">What the settings say of the root.</param>
    /// <param name="mayFallBack">Whether it may run from the medium where it does not fit.</param>
    public static MemoryFit Fit(int memory, SocFamily soc, long rootLength, int reserve, RootMode mode, bool mayFallBack)
    {
        int available = AvailableAtStart(memory, soc);
        if (mode != RootMode.Medium && available >= ToMebibytes(rootLength) + reserve)
            return MemoryFit.Ram;
        return (mode == RootMode.Medium || (mode == RootMode.Auto && mayFallBack)) && available >= reserve ? MemoryFit.Medium : MemoryFit.DoesNotFit;
    }

    /// <summary>MiB of <c>MemTotal</c>.</summary>
    private static int Total(int memory, SocFamily? soc)
    {
        int visible = memory - FirmwareShare(soc);
        return visible - KernelMebibytes - (int)((long)visible * KernelThousandths / 1000);
    }

    /// <summary>As /init counts: begun MiB are whole ones.</summary>
    private static int ToMebibytes(long bytes) => (int)Math.Min(int.MaxValue / 2, (bytes + MiB - 1) / MiB);

    /// <summary>MiB that firmware and GPU keep: gpu_mem, 76 where nothing else is said, before the Pi 5, which takes a little of it.</summary>
    private static int FirmwareShare(SocFamily? soc) => soc switch
    {
        null => 0,
        SocFamily.Bcm2712 => 16,
        _ => 76,
    };
}
