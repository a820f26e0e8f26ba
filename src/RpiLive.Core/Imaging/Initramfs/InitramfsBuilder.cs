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
        byte[] result = Pack(request, modules, cancellation);
        if (result.Length > MaxLength)
        {
            throw new ImageException(ErrorIds.TooLarge, ImageErrorKind.Destination,
                $"The initramfs for {request.Flavour.KernelFile} has {result.Length:N0} bytes, more than the {MaxLength:N0} that every firmware loads.",
                "Give a smaller busybox, such as a statically linked one.");
        }
        return result;
    }

    /// <summary>Modules and programs lie far apart, and much has to be unpacked on the way to each: they are read at the same time.</summary>
    private byte[] Pack(InitramfsRequest request, ModuleTree modules, CancellationToken cancellation)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<Dictionary<ModuleEntry, byte[]>> reading = Task.Run(
            () => InitramfsContents.ReadModules(modules, LiveModules.Choose(modules, request.Flavour), request.Flavour.Architecture, stop.Token), CancellationToken.None);
        try
        {
            return InitramfsContents.Pack(archive =>
            {
                AddScripts(archive);
                AddPrograms(archive, request);
                InitramfsContents.AddModules(archive, modules, reading.GetAwaiter().GetResult(), LiveModules.LoadList(modules));
                archive.AddFile("etc/rpilive/build", Encoding.UTF8.GetBytes(BuildStamp(request)));
            });
        }
        finally
        {
            // The caller may close the image after this; where programs failed, what came of the reading is nobody's business any more.
            stop.Cancel();
            _ = reading.ContinueWith(static work => work.Exception, TaskScheduler.Default).GetAwaiter().GetResult();
        }
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
        LibraryClosure closure = new(request.Root);
        SortedDictionary<string, NeededFile> libraries = InitramfsContents.AddBusyBox(archive, request, closure);
        foreach (StoreTool tool in FindTools(request, closure))
        {
            archive.AddFile("sbin/" + tool.Name, tool.Bytes, Executable);
            foreach (NeededFile file in tool.Libraries)
                libraries.TryAdd(file.Path, file);
        }
        InitramfsContents.AddLibraries(archive, libraries);
        // A Pi has no clock that runs on: a store last mounted "in the future" is no fault (e2fsck.conf(5)).
        archive.AddFile("etc/e2fsck.conf", "[options]\n\tbroken_system_clock = true\n"u8);
    }

    private IReadOnlyList<StoreTool> FindTools(InitramfsRequest request, LibraryClosure closure)
    {
        List<string> warnings = [];
        IReadOnlyList<StoreTool> tools = StoreTools.Find(request.Root, request.Flavour.Architecture, closure, warnings);
        _warnings.AddRange(warnings.Except(_warnings));
        return tools;
    }
}
