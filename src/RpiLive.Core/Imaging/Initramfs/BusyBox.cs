using System.Buffers;
using System.Text;
using RpiLive.Core.Elf;
using RpiLive.Core.Errors;
using RpiLive.Core.Kernel;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Initramfs;

/// <summary>A busybox that /init runs on.</summary>
internal sealed class BusyBox
{
    /// <summary>What /init and its parts call.</summary>
    public static readonly IReadOnlyList<string> RequiredApplets =
    [
        "blockdev", "cat", "chmod", "chown", "chroot", "cut", "date", "dd", "df", "find", "grep", "head", "hexdump", "ln", "losetup", "mkdir",
        "modprobe", "mount", "mv", "readlink", "reboot", "rm", "sed", "setsid", "sh", "sha256sum", "sleep", "sort", "stat", "switch_root",
        "sync", "tail", "tr", "umount", "uname", "xargs",
    ];

    private const string Anchor = "switch_root";
    private const int MaxAppletLength = 32;

    private static readonly SearchValues<byte> s_nameBytes =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.+["u8);

    private BusyBox(byte[] bytes, ElfFile elf, IReadOnlyList<string> applets)
    {
        Bytes = bytes;
        Elf = elf;
        Applets = applets;
    }

    /// <summary>The program.</summary>
    public byte[] Bytes { get; }

    /// <summary>The parsed program.</summary>
    public ElfFile Elf { get; }

    /// <summary>The commands that it has, in order.</summary>
    public IReadOnlyList<string> Applets { get; }

    /// <summary>Takes the busybox of a request, or of its root, and checks that it runs on the kernel and has what /init needs.</summary>
    /// <exception cref="ImageException"><see cref="ErrorIds.BusyBoxMissing"/>, <see cref="ErrorIds.BusyBoxUnsuitable"/>, <c>CorruptElf</c> or <c>UnsupportedElf</c>.</exception>
    public static BusyBox Choose(InitramfsRequest request)
    {
        (FileContent content, string name) = request.BusyBox is { } given
            ? (given, request.BusyBoxName)
            : Find(request.Root, "/usr/bin/busybox") ?? Find(request.Root, "/bin/busybox") ?? throw new ImageException(
                ErrorIds.BusyBoxMissing, ImageErrorKind.Missing,
                "The root file system has no busybox, neither /usr/bin/busybox nor /bin/busybox.",
                "Give one for the kernel's processor, such as the program of Debian's package busybox-static, or use a stock image that has it.");
        if (content.Length > ElfFile.MaxLength)
            throw Unsuitable(name, $"has {content.Length:N0} bytes");
        byte[] bytes = content.ReadAll(ElfFile.MaxLength);
        if (!ElfFile.IsElf(bytes))
            throw Unsuitable(name, "is no program for Linux (no ELF file)");
        ElfFile elf = ElfFile.Parse(bytes, name);
        if (elf.Type is not (ElfType.Executable or ElfType.Shared) || !Runs(elf.Machine, request.Flavour.Architecture))
            throw Unsuitable(name, $"is for {elf.Machine}, which cannot run on kernel {request.Flavour.Release} for {request.Flavour.Architecture}");
        IReadOnlyList<string> applets = ReadApplets(bytes);
        if (applets.Count == 0)
            throw Unsuitable(name, "holds no list of applets");
        if (RequiredApplets.Except(applets, StringComparer.Ordinal).ToList() is { Count: > 0 } missing)
            throw Unsuitable(name, $"lacks applets that the boot needs: {string.Join(", ", missing)}");
        return new BusyBox(bytes, elf, applets);
    }

    /// <summary>
    /// The applets of a busybox: their names stand in it one after the other, each ended by a zero, in the order of strcmp
    /// (applet_names of its build). The longest such row around a name that every busybox for an initramfs has is taken.
    /// </summary>
    internal static IReadOnlyList<string> ReadApplets(ReadOnlySpan<byte> program)
    {
        byte[] anchor = Encoding.ASCII.GetBytes($"\0{Anchor}\0");
        List<string> longest = [];
        for (int start = 0; program[start..].IndexOf(anchor) is >= 0 and int step;)
        {
            int position = start + step + 1;
            List<string> row = ReadRow(program, position);
            if (row.Count > longest.Count)
                longest = row;
            start = position;
        }
        return longest;
    }

    private static List<string> ReadRow(ReadOnlySpan<byte> program, int position)
    {
        List<string> before = [], after = [];
        string last = Anchor;
        for (int end = position; Previous(program, ref end) is { } name && string.CompareOrdinal(name, last) < 0; last = name)
            before.Add(name);
        last = "";
        for (int next = position; Next(program, ref next) is { } name && string.CompareOrdinal(name, last) > 0; last = name)
            after.Add(name);
        before.Reverse();
        return [.. before, .. after];
    }

    /// <summary>The name whose zero byte lies just before <paramref name="end"/>; moves to its start.</summary>
    private static string? Previous(ReadOnlySpan<byte> program, ref int end)
    {
        int last = end - 1;
        if (last < 1)
            return null;
        int floor = Math.Max(0, last - MaxAppletLength - 1);
        end = floor + program[floor..last].LastIndexOf((byte)0) + 1;
        ReadOnlySpan<byte> name = program[end..last];
        return IsName(name) ? Encoding.ASCII.GetString(name) : null;
    }

    private static string? Next(ReadOnlySpan<byte> program, ref int start)
    {
        int length = program[start..Math.Min(program.Length, start + MaxAppletLength + 1)].IndexOf((byte)0);
        if (length < 0)
            return null;
        ReadOnlySpan<byte> name = program.Slice(start, length);
        start += length + 1;
        return IsName(name) ? Encoding.ASCII.GetString(name) : null;
    }

    private static bool IsName(ReadOnlySpan<byte> name) => name.Length is > 0 and <= MaxAppletLength
        && !name.ContainsAnyExcept(s_nameBytes)
        && !name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8);

    /// <summary>Whether a kernel runs programs for a machine.</summary>
    internal static bool Runs(ElfMachine machine, KernelArchitecture kernel) => machine switch
    {
        ElfMachine.Arm => true,
        ElfMachine.Arm64 => kernel != KernelArchitecture.Arm,
        _ => false,
    };

    private static (FileContent Content, string Name)? Find(DirectoryNode root, string path) =>
        TreePath.FindFile(root, path) is { } file ? (file.Content, path) : null;

    private static ImageException Unsuitable(string name, string why) => new(
        ErrorIds.BusyBoxUnsuitable, ImageErrorKind.Unsupported, $"The busybox {name} {why}.",
        "Give a busybox for the kernel's processor with these applets, such as the program of Debian's package busybox-static.");
}
