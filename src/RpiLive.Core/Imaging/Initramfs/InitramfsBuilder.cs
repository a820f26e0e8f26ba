using System.IO.Compression;
using System.Text;
using RpiLive.Core.Compression;
using RpiLive.Core.Cpio;
using RpiLive.Core.Elf;
using RpiLive.Core.Errors;
using RpiLive.Core.Fat;
using RpiLive.Core.Kernel;

namespace RpiLive.Core.Imaging.Initramfs;

/// <summary>
/// Makes the initramfs of one kernel: busybox with its libraries, the modules that a live boot needs, and our /init. The same
/// request gives the same bytes.
/// </summary>
/// <param name="codecs">For compressed modules.</param>
public sealed class InitramfsBuilder(ICodecs codecs)
{
    /// <summary>The most bytes of the result: what every firmware version loads without trouble.</summary>
    public const int MaxLength = 16 << 20;

    private const int Executable = 0x1ED;

    private static readonly string[] s_mountPoints = ["proc", "sys", "dev", "run", "tmp", "root"];

    private readonly List<string> _warnings = [];

    /// <summary>What the initramfs made so far lack, each once; none of it keeps an image from booting.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Makes the initramfs.</summary>
    /// <returns>A gzip file, which every kernel unpacks, padded with zeros to a multiple of four bytes for old firmware.</returns>
    /// <exception cref="ImageException">
    /// <see cref="ErrorIds.ModulesMissing"/>, <see cref="ErrorIds.KernelFeatureMissing"/>, <see cref="ErrorIds.BusyBoxMissing"/>,
    /// <see cref="ErrorIds.BusyBoxUnsuitable"/>, <see cref="ErrorIds.LibraryMissing"/>, <see cref="ErrorIds.TooLarge"/>, or a
    /// damaged file of the image.
    /// </exception>
    public byte[] Build(InitramfsRequest request, CancellationToken cancellation)
    {
        ModuleTree modules = ModuleTree.Open(request.Root, request.Flavour.Release, codecs) ?? throw new ImageException(
            ErrorIds.ModulesMissing, ImageErrorKind.Missing,
            $"The kernel {request.Flavour.KernelFile} ({request.Flavour.Release}) has no /lib/modules/{request.Flavour.Release}/modules.dep in the root.",
            "Use an image whose kernels and modules belong together.");
        using MemoryStream result = new();
        using (GZipStream gzip = new(result, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            CpioWriter archive = new(gzip);
            foreach (string directory in s_mountPoints)
                archive.AddDirectory(directory);
            AddScripts(archive);
            AddPrograms(archive, request);
            AddModules(archive, modules, request.Flavour, cancellation);
            archive.AddFile("etc/rpilive/build", Encoding.UTF8.GetBytes(BuildStamp(request)));
            archive.Finish();
        }
        // The host's operating system stands in byte 9 of the header (RFC 1952); "unknown" keeps the result the same everywhere.
        result.GetBuffer()[9] = 255;
        result.Write("\0\0\0"u8[..(int)(-result.Length & 3)]);
        if (result.Length > MaxLength)
        {
            throw new ImageException(ErrorIds.TooLarge, ImageErrorKind.Destination,
                $"The initramfs for {request.Flavour.KernelFile} has {result.Length:N0} bytes, more than the {MaxLength:N0} that every firmware loads.",
                "Give a smaller busybox, such as a statically linked one.");
        }
        return result.ToArray();
    }

    private static string BuildStamp(InitramfsRequest request)
    {
        string version = typeof(InitramfsBuilder).Assembly.GetName().Version!.ToString(3);
        return $"version={version}\nflavour={request.Flavour.Name}\nrelease={request.Flavour.Release}\nvolume={FatVolume.FormatId(request.VolumeId)}\n";
    }

    private static void AddScripts(CpioWriter archive)
    {
        archive.AddFile("init", BootScripts.Read("init"), Executable);
        foreach (string part in BootScripts.Parts())
            archive.AddFile("lib/rpilive/" + part["parts/".Length..], BootScripts.Read(part));
    }

    private void AddPrograms(CpioWriter archive, InitramfsRequest request)
    {
        BusyBox busyBox = BusyBox.Choose(request);
        archive.AddFile("bin/busybox", busyBox.Bytes, Executable);
        foreach (string applet in busyBox.Applets.Where(applet => applet != "busybox"))
            archive.AddSymbolicLink("bin/" + applet, "busybox");
        archive.AddSymbolicLink("sbin/modprobe", "/bin/busybox");
        SortedDictionary<string, NeededFile> libraries = new(StringComparer.Ordinal);
        foreach (NeededFile file in new LibraryClosure(request.Root).Resolve(busyBox.Elf, "/bin/busybox"))
        {
            if (!IsLibraryPath(file.Path))
            {
                throw new ImageException(ErrorIds.BusyBoxUnsuitable, ImageErrorKind.Unsupported,
                    $"The busybox needs {file.Path}, which lies outside of the library directories.", "Give a statically linked busybox.");
            }
            libraries.Add(file.Path, file);
        }
        foreach (StoreTool tool in FindTools(request))
        {
            archive.AddFile("sbin/" + tool.Name, tool.Bytes, Executable);
            foreach (NeededFile file in tool.Libraries)
                libraries.TryAdd(file.Path, file);
        }
        foreach ((string path, NeededFile file) in libraries)
            archive.AddFile(path[1..], file.Content.ReadAll(ElfFile.MaxLength), Executable);
        // A Pi has no clock that runs on: a store last mounted "in the future" is no fault (e2fsck.conf(5)).
        archive.AddFile("etc/e2fsck.conf", "[options]\n\tbroken_system_clock = true\n"u8);
    }

    private IReadOnlyList<StoreTool> FindTools(InitramfsRequest request)
    {
        List<string> warnings = [];
        IReadOnlyList<StoreTool> tools = StoreTools.Find(request.Root, request.Flavour.Architecture, warnings);
        _warnings.AddRange(warnings.Except(_warnings));
        return tools;
    }

    /// <summary>True for /lib… and /usr/lib…, apart from what is ours; also keeps a forged path from taking the place of another file.</summary>
    internal static bool IsLibraryPath(string path) =>
        (path.StartsWith("/lib", StringComparison.Ordinal) || path.StartsWith("/usr/lib", StringComparison.Ordinal))
        && !path.StartsWith("/lib/rpilive", StringComparison.Ordinal) && !path.StartsWith("/lib/modules", StringComparison.Ordinal);

    private static void AddModules(CpioWriter archive, ModuleTree modules, KernelFlavour flavour, CancellationToken cancellation)
    {
        IReadOnlyList<ModuleEntry> chosen = LiveModules.Choose(modules, flavour);
        string directory = $"lib/modules/{modules.Release}/";
        StringBuilder dependencies = new();
        // In disk order: in a packed image every step back unpacks a block anew.
        Dictionary<ModuleEntry, byte[]> contents = [];
        foreach (ModuleEntry module in chosen.OrderBy(modules.DiskOffset))
        {
            cancellation.ThrowIfCancellationRequested();
            contents.Add(module, modules.Read(module, flavour.Architecture));
        }
        foreach (ModuleEntry module in chosen.OrderBy(module => module.PlainPath, StringComparer.Ordinal))
        {
            archive.AddFile(directory + module.PlainPath, contents[module]);
            dependencies.Append(module.PlainPath).Append(':');
            foreach (string path in module.Dependencies)
                dependencies.Append(' ').Append(ModuleEntry.Plain(path));
            dependencies.Append('\n');
        }
        HashSet<string> names = [.. chosen.Select(module => module.Name)];
        AddText("modules.dep", dependencies.ToString());
        AddText("modules.alias", Joined(modules.AliasLines("modules.alias", names)));
        AddText("modules.symbols", Joined(modules.AliasLines("modules.symbols", names)));
        AddText("modules.softdep", Joined(modules.SoftDependencyLines(names)));
        AddText("modules.builtin", Joined(modules.Lines("modules.builtin")));
        archive.AddFile("etc/rpilive/modules", Encoding.UTF8.GetBytes(Joined(LiveModules.LoadList(modules))));

        void AddText(string file, string text) => archive.AddFile(directory + file, Encoding.UTF8.GetBytes(text));
    }

    private static string Joined(IEnumerable<string> lines) => string.Concat(lines.Select(line => line + "\n"));
}
