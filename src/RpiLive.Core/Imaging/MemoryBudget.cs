using RpiLive.Core.Imaging.Facts;

namespace RpiLive.Core.Imaging;

/// <summary>How much memory a live system has and needs. The one place of these numbers; /init gets its reserve from here.</summary>
/// <remarks>
/// From the RAM of a board: what firmware and GPU keep, the kernel's page structures (64 of 4,096 bytes) and itself are gone before
/// user space sees any (<c>MemTotal</c>). Of that the kernel can give what <c>MemAvailable</c> says when /init starts; CMA counts in, as
/// the kernel lends it out. The squashfs goes from it in RAM mode, and what the system takes once all is started. The figures were
/// taken from boots in QEMU: docs/design.md has them.
/// </remarks>
public static class MemoryBudget
{
    /// <summary>MiB that a system without a desktop takes once started, with /init's own files given back.</summary>
    public const int ConsoleUseMebibytes = 144;

    /// <summary>MiB that a system with a desktop takes once started.</summary>
    public const int DesktopUseMebibytes = 448;

    /// <summary>MiB that must be left for what is written and for programs, once the system is started.</summary>
    public const int UpperReserveMebibytes = 48;

    /// <summary>MiB that the journal in RAM takes at most.</summary>
    public const int JournalMebibytes = 16;

    /// <summary>MiB of the kernel itself: code, data and what it sets aside at its start.</summary>
    private const int KernelMebibytes = 20;

    /// <summary>MiB of <c>MemTotal</c> that are not available when /init starts: the unpacked initramfs, the kernel's own structures, its last reserve.</summary>
    private const int StartMebibytes = 82;

    private const int PageStructureShare = 64;
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
    public static int AvailableAtStart(int memory, SocFamily? soc) =>
        Math.Max(0, memory - FirmwareShare(soc) - (memory / PageStructureShare) - KernelMebibytes - StartMebibytes);

    /// <summary>MiB that are available once the system is started; negative where it does not start.</summary>
    /// <param name="memory">MiB of RAM of the board.</param>
    /// <param name="soc">Its chip; null for a machine whose firmware keeps none.</param>
    /// <param name="rootInRam">Bytes of the squashfs in RAM; 0 for a root on the medium.</param>
    /// <param name="baseUse">MiB that the system takes once started.</param>
    public static int FreeAfterBoot(int memory, SocFamily? soc, long rootInRam, int baseUse) =>
        AvailableAtStart(memory, soc) - ToMebibytes(rootInRam) - baseUse;

    /// <summary>Bytes of RAM that a board of any model needs to run a root of this size from RAM.</summary>
    /// <param name="rootLength">Bytes of the squashfs.</param>
    /// <param name="reserve">MiB that must stay available after the copy.</param>
    public static long RequiredMemory(long rootLength, int reserve)
    {
        long visible = ToMebibytes(rootLength) + reserve + StartMebibytes + KernelMebibytes + FirmwareShare(SocFamily.Bcm2711);
        return (visible * PageStructureShare + PageStructureShare - 2) / (PageStructureShare - 1) * MiB;
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
