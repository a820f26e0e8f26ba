using RpiLive.Core.Elf;
using RpiLive.Core.Errors;
using RpiLive.Core.Fat;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Kernel;
using RpiLive.Core.Tree;
using static System.FormattableString;

namespace RpiLive.Core.Testing.Initramfs;

/// <summary>The initramfs of each kernel: one that was not made live is what brings a live image back to the card.</summary>
internal static class InitramfsChecks
{
    private static readonly CheckKind[] s_contentKinds = [CheckKinds.InitramfsScripts, CheckKinds.InitramfsPrograms, CheckKinds.InitramfsModules];

    private const int MaxModules = 4096;

    /// <summary>Programs beside busybox; an image may do without.</summary>
    private static readonly string[] s_tools = ["/sbin/e2fsck", "/sbin/resize2fs", "/sbin/mke2fs", "/sbin/blkid"];

    /// <summary>Makes the checks.</summary>
    public static void Run(TestedImage image, CheckLog log, CancellationToken cancellation)
    {
        if (image.Boot is not { } boot)
        {
            foreach (CheckKind kind in (CheckKind[])[CheckKinds.InitramfsLive, .. s_contentKinds, CheckKinds.InitramfsSize])
                log.Skip(kind, Reasons.NoBootVolume);
            return;
        }
        if (!log.Wants(CheckKinds.InitramfsLive, CheckKinds.InitramfsScripts, CheckKinds.InitramfsPrograms, CheckKinds.InitramfsModules, CheckKinds.InitramfsSize))
            return;
        if (image.Kernels.Count == 0)
            log.Run(CheckKinds.InitramfsLive, null, findings => Say(findings, "No model loads a kernel with an initramfs from this image."));
        foreach (IGrouping<string, TestedKernel> file in image.Kernels.GroupBy(kernel => kernel.InitramfsPath, StringComparer.OrdinalIgnoreCase))
            CheckFile(image, boot, file.Key, [.. file], log, cancellation);
    }

    private static void CheckFile(TestedImage image, DirectoryNode boot, string path, List<TestedKernel> kernels, CheckLog log, CancellationToken cancellation)
    {
        FileNode? file = FatPath.FindFile(boot, path);
        if (file is not null)
            log.Run(CheckKinds.InitramfsSize, path, findings => CheckSize(file.Content.Length, findings));
        IReadOnlyList<InitramfsArchive> archives = [];
        string? fault = file is null ? "it is not there" : null;
        if (file is not null)
        {
            try
            {
                archives = InitramfsArchive.Read(file.Content, path, cancellation);
                image.ReturnMemory();
            }
            catch (ImageException error)
            {
                fault = error.Message.TrimEnd('.');
            }
        }
        foreach (TestedKernel kernel in kernels)
        {
            InitramfsArchive? archive = kernel.ArchiveIn(archives);
            log.Run(CheckKinds.InitramfsLive, kernel.Name, findings =>
            {
                if (archive is not null && archives.Any(other => !other.IsLive))
                    findings.Fail($"{path} has an archive that RpiLive did not make behind or before its own: the kernel takes the /init of the last.");
                return CheckLive(image, kernel, archive, fault, findings);
            });
            if (archive is null)
            {
                foreach (CheckKind kind in s_contentKinds)
                    log.Skip(kind, $"{path} is no initramfs of RpiLive.", kernel.Name);
                continue;
            }
            log.Run(CheckKinds.InitramfsScripts, kernel.Name, findings => CheckScripts(archive, findings));
            log.Run(CheckKinds.InitramfsPrograms, kernel.Name, findings => CheckPrograms(kernel, archive, findings));
            log.Run(CheckKinds.InitramfsModules, kernel.Name, findings => CheckModules(image, kernel, archive, findings, cancellation));
        }
    }

    private static string CheckSize(long length, Findings findings)
    {
        if (length > InitramfsBuilder.MaxLength)
            findings.Warn(Invariant($"It has {length:N0} bytes, more than the {InitramfsBuilder.MaxLength:N0} that every firmware loads."), Findings.MakeAgain);
        if (length % 4 != 0)
            findings.Warn(Invariant($"Its {length:N0} bytes are no multiple of four, which old firmware gets wrong."), Findings.MakeAgain);
        return Invariant($"{length:N0} bytes.");
    }

    private static string CheckLive(TestedImage image, TestedKernel kernel, InitramfsArchive? archive, string? fault, Findings findings)
    {
        if (archive is null)
        {
            findings.Fail(fault is null
                ? $"{kernel.Path} loads {kernel.InitramfsPath}, which RpiLive did not make: the Pi would start from the card, or not at all."
                : $"{kernel.Path} loads {kernel.InitramfsPath}, and that cannot be used: {fault}.",
                "Make the live image again; do not update kernels or initramfs files on a live image.");
            return "";
        }
        string release = archive.Stamp["release"];
        if (kernel.Image.Release is { } actual && actual != release)
            findings.Fail($"{kernel.Path} is Linux {actual}, but {kernel.InitramfsPath} was made for {release}: no module of it can be loaded.");
        if (kernel.Flavour is { } flavour && flavour.Release != release)
            findings.Fail($"{kernel.InitramfsPath} was made for Linux {release}, but live/image.json says {flavour.Release}.");
        string volume = archive.Stamp.GetValueOrDefault("volume", "none");
        if (image.BootVolume is { } boot && volume != FatVolume.FormatId(boot.VolumeId))
        {
            findings.Fail($"{kernel.InitramfsPath} looks for the boot volume {volume}, but this one is {FatVolume.FormatId(boot.VolumeId)}: the live root is not found.",
                "Give the volume its id back, or make the live image again.");
        }
        return $"{kernel.InitramfsPath} for Linux {release}, made by RpiLive {archive.Stamp.GetValueOrDefault("version")}.";
    }

    private static string CheckScripts(InitramfsArchive archive, Findings findings)
    {
        (string Name, string Source)[] parts = [("init", "init"), .. BootScripts.Parts().Select(part => ("lib/rpilive/" + part["parts/".Length..], part))];
        bool isOurs = archive.Stamp.GetValueOrDefault("version") == typeof(InitramfsChecks).Assembly.GetName().Version!.ToString(3);
        foreach ((string name, string source) in parts)
        {
            if (TreePath.FindFile(archive.Tree, name) is not { } file)
            {
                // Another version may have other parts; without /init nothing starts.
                if (isOurs || name == "init")
                    findings.Fail($"{name} is missing.");
            }
            else if (name == "init" && (file.Permissions & 0x49) != 0x49)
                findings.Fail("/init cannot be executed.");
            else if (isOurs && !file.Content.ReadAll().AsSpan().SequenceEqual(BootScripts.Read(source)))
                findings.Fail($"{name} is not as RpiLive made it.");
        }
        return isOurs ? $"{parts.Length} parts." : $"Made by another version of RpiLive ({archive.Stamp.GetValueOrDefault("version")}), so its parts are not compared.";
    }

    private static string CheckPrograms(TestedKernel kernel, InitramfsArchive archive, Findings findings)
    {
        KernelFlavour flavour = new(kernel.Name, kernel.Release ?? "", kernel.Path, kernel.InitramfsPath, kernel.Architecture);
        BusyBox busyBox = BusyBox.Choose(new InitramfsRequest { Root = archive.Tree, Flavour = flavour, VolumeId = 0 });
        foreach (string applet in BusyBox.RequiredApplets.Where(applet => TreePath.FindFile(archive.Tree, "bin/" + applet) is null))
            findings.Fail($"/bin/{applet} leads to no program.");
        LibraryClosure closure = new(archive.Tree);
        CheckLibraries(closure, busyBox.Elf, "/bin/busybox", findings);
        List<string> programs = ["busybox"];
        foreach (string tool in s_tools)
        {
            if (TreePath.FindFile(archive.Tree, tool) is not { } file)
                continue;
            ElfFile elf = ElfFile.Read(file.Content, tool);
            if (!BusyBox.Runs(elf.Machine, kernel.Architecture))
                findings.Fail($"{tool} is for {elf.Machine}, which cannot run on {kernel.Path}.");
            CheckLibraries(closure, elf, tool, findings);
            programs.Add(tool[(tool.LastIndexOf('/') + 1)..]);
        }
        return $"{string.Join(", ", programs)} for {busyBox.Elf.Machine}.";
    }

    private static void CheckLibraries(LibraryClosure closure, ElfFile program, string path, Findings findings)
    {
        try
        {
            _ = closure.Resolve(program, path);
        }
        catch (ImageException error)
        {
            findings.Fail(error.Message);
        }
    }

    private static string CheckModules(TestedImage image, TestedKernel kernel, InitramfsArchive archive, Findings findings, CancellationToken cancellation)
    {
        string release = archive.Stamp["release"];
        if (ModuleTree.Open(archive.Tree, release, image.Codecs) is not { } modules)
        {
            findings.Fail($"There is no lib/modules/{release}/modules.dep in it: no module can be loaded.");
            return "";
        }
        KernelFlavour flavour = new(kernel.Name, release, kernel.Path, kernel.InitramfsPath, kernel.Architecture);
        if (modules.All.Count > MaxModules)
        {
            findings.Fail(Invariant($"It has {modules.All.Count:N0} modules, more than any kernel."));
            return "";
        }
        foreach (ModuleEntry module in modules.All)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                modules.Closure([module.Name]);
                modules.Read(module, kernel.Architecture);
            }
            catch (ImageException error)
            {
                findings.Fail(error.Message);
            }
        }
        image.ReturnMemory();
        LiveModules.Choose(modules, flavour);
        if (image.RootTree is { } root && ModuleTree.Open(root, release, image.Codecs) is { } stock)
        {
            foreach (ModuleEntry module in LiveModules.Choose(stock, flavour).Where(module => modules.Find(module.Name) is null))
                findings.Fail($"The module {module.Name} is missing: what needs it, such as a card reader or a disk, does not work at boot.");
            CheckLoadList(archive, LiveModules.LoadList(stock), findings);
        }
        return Invariant($"{modules.All.Count} modules{(image.RootTree is null ? "; not compared with the live root, which cannot be read" : "")}.");
    }

    private static void CheckLoadList(InitramfsArchive archive, IReadOnlyList<string> wanted, Findings findings)
    {
        string list = TreePath.FindFile(archive.Tree, "etc/rpilive/modules") is { Content.Length: < 1 << 20 } file ? System.Text.Encoding.UTF8.GetString(file.Content.ReadAll()) : "";
        string[] missing = [.. wanted.Except(list.Split('\n'), StringComparer.Ordinal)];
        if (missing.Length > 0)
            findings.Fail($"The list of modules to load lacks {string.Join(", ", missing)}.");
    }

    private static string Say(Findings findings, string what)
    {
        findings.Fail(what);
        return "";
    }
}
