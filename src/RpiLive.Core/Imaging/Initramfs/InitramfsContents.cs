using System.IO.Compression;
using System.Text;
using RpiLive.Core.Cpio;
using RpiLive.Core.Elf;
using RpiLive.Core.Errors;
using RpiLive.Core.Kernel;

namespace RpiLive.Core.Imaging.Initramfs;

/// <summary>What an initramfs has, whatever its /init does: busybox with its libraries, modules with their indexes, and the packing.</summary>
internal static class InitramfsContents
{
    private const int Executable = 0x1ED;

    /// <summary>The most bytes of all modules together, unpacked: more do not shrink to an initramfs that firmware loads.</summary>
    private const long MaxModuleBytes = 4L * InitramfsBuilder.MaxLength;

    private static readonly string[] s_mountPoints = ["proc", "sys", "dev", "run", "tmp", "root"];

    /// <summary>Makes the archive with its mount points.</summary>
    /// <param name="add">Adds the rest.</param>
    /// <returns>A gzip file, which every kernel unpacks, padded with zeros to a multiple of four bytes for old firmware.</returns>
    public static byte[] Pack(Action<CpioWriter> add)
    {
        using MemoryStream result = new();
        using (GZipStream gzip = new(result, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            CpioWriter archive = new(gzip);
            foreach (string directory in s_mountPoints)
                archive.AddDirectory(directory);
            add(archive);
            archive.Finish();
        }
        // The host's operating system stands in byte 9 of the header (RFC 1952); "unknown" keeps the result the same everywhere.
        result.GetBuffer()[9] = 255;
        result.Write("\0\0\0"u8[..(int)(-result.Length & 3)]);
        return result.ToArray();
    }

    /// <summary>Adds busybox with a link for each applet.</summary>
    /// <param name="archive">Where it goes.</param>
    /// <param name="request">Which busybox.</param>
    /// <param name="closure">Finds the libraries of the root's programs.</param>
    /// <returns>The libraries that it needs, by path; still to be added, with those of other programs.</returns>
    /// <exception cref="ImageException">
    /// <see cref="ErrorIds.BusyBoxMissing"/>, <see cref="ErrorIds.BusyBoxUnsuitable"/>, <see cref="ErrorIds.LibraryMissing"/>, or a damaged file.
    /// </exception>
    public static SortedDictionary<string, NeededFile> AddBusyBox(CpioWriter archive, InitramfsRequest request, LibraryClosure closure)
    {
        BusyBox busyBox = BusyBox.Choose(request);
        archive.AddFile("bin/busybox", busyBox.Bytes, Executable);
        foreach (string applet in busyBox.Applets.Where(applet => applet != "busybox"))
            archive.AddSymbolicLink("bin/" + applet, "busybox");
        archive.AddSymbolicLink("sbin/modprobe", "/bin/busybox");
        SortedDictionary<string, NeededFile> libraries = new(StringComparer.Ordinal);
        foreach (NeededFile file in closure.Resolve(busyBox.Elf, "/bin/busybox"))
        {
            if (!IsLibraryPath(file.Path))
            {
                throw new ImageException(ErrorIds.BusyBoxUnsuitable, ImageErrorKind.Unsupported,
                    $"The busybox needs {file.Path}, which lies outside of the library directories.", "Give a statically linked busybox.");
            }
            libraries.Add(file.Path, file);
        }
        return libraries;
    }

    /// <summary>Adds libraries of programs.</summary>
    public static void AddLibraries(CpioWriter archive, IReadOnlyDictionary<string, NeededFile> libraries)
    {
        foreach ((string path, NeededFile file) in libraries)
            archive.AddFile(path[1..], file.Content.ReadAll(ElfFile.MaxLength), Executable);
    }

    /// <summary>Reads modules and unpacks them.</summary>
    /// <param name="modules">The modules of the kernel.</param>
    /// <param name="chosen">Which of them.</param>
    /// <param name="architecture">What the kernel is built for.</param>
    /// <param name="cancellation">Ends the work between modules.</param>
    /// <exception cref="ImageException"><c>CorruptModule</c>; <see cref="ErrorIds.TooLarge"/>.</exception>
    public static Dictionary<ModuleEntry, byte[]> ReadModules(
        ModuleTree modules, IReadOnlyList<ModuleEntry> chosen, KernelArchitecture architecture, CancellationToken cancellation)
    {
        Dictionary<ModuleEntry, byte[]> contents = [];
        long total = 0;
        // In disk order: in a packed image every step back unpacks a block anew.
        foreach (ModuleEntry module in chosen.OrderBy(modules.DiskOffset))
        {
            cancellation.ThrowIfCancellationRequested();
            byte[] content = modules.Read(module, architecture);
            total += content.Length;
            if (total > MaxModuleBytes)
            {
                throw new ImageException(ErrorIds.TooLarge, ImageErrorKind.Destination,
                    $"The modules of {modules.Release} that a live boot needs have more than the {MaxModuleBytes:N0} bytes that an initramfs can hold.",
                    "Use an image with a kernel of Raspberry Pi OS or Debian.");
            }
            contents.Add(module, content);
        }
        return contents;
    }

    /// <summary>Adds modules, with the indexes that busybox reads.</summary>
    /// <param name="archive">Where they go.</param>
    /// <param name="modules">The modules of the kernel.</param>
    /// <param name="contents">Those that go in.</param>
    /// <param name="loadList">Names that /init loads outright, in order.</param>
    public static void AddModules(CpioWriter archive, ModuleTree modules, Dictionary<ModuleEntry, byte[]> contents, IEnumerable<string> loadList)
    {
        string directory = $"lib/modules/{modules.Release}/";
        StringBuilder dependencies = new();
        foreach (ModuleEntry module in contents.Keys.OrderBy(module => module.PlainPath, StringComparer.Ordinal))
        {
            archive.AddFile(directory + module.PlainPath, contents[module]);
            dependencies.Append(module.PlainPath).Append(':');
            foreach (string path in module.Dependencies)
                dependencies.Append(' ').Append(ModuleEntry.Plain(path));
            dependencies.Append('\n');
        }
        HashSet<string> names = [.. contents.Keys.Select(module => module.Name)];
        AddText("modules.dep", dependencies.ToString());
        AddText("modules.alias", Joined(modules.AliasLines("modules.alias", names)));
        AddText("modules.symbols", Joined(modules.AliasLines("modules.symbols", names)));
        AddText("modules.softdep", Joined(modules.SoftDependencyLines(names)));
        AddText("modules.builtin", Joined(modules.Lines("modules.builtin")));
        archive.AddFile("etc/rpilive/modules", Encoding.UTF8.GetBytes(Joined(loadList)));

        void AddText(string file, string text) => archive.AddFile(directory + file, Encoding.UTF8.GetBytes(text));
    }

    private static string Joined(IEnumerable<string> lines) => string.Concat(lines.Select(line => line + "\n"));

    /// <summary>True for /lib… and /usr/lib…, apart from what is ours; also keeps a forged path from taking the place of another file.</summary>
    internal static bool IsLibraryPath(string path) =>
        (path.StartsWith("/lib", StringComparison.Ordinal) || path.StartsWith("/usr/lib", StringComparison.Ordinal))
        && !path.StartsWith("/lib/rpilive", StringComparison.Ordinal) && !path.StartsWith("/lib/modules", StringComparison.Ordinal);
}
