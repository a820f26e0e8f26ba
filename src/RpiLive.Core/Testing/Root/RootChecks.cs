using System.Text;
using RpiLive.Core.Elf;
using RpiLive.Core.Errors;
using RpiLive.Core.Fat;
using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Kernel;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;
using static System.FormattableString;

namespace RpiLive.Core.Testing.Root;

/// <summary>The live root: read in full, once for its checksum and once for its content, at the same time.</summary>
internal static class RootChecks
{
    private const int HashLength = 64, MaxHashFile = 4096;

    /// <summary>Makes the checks.</summary>
    /// <param name="image">The image.</param>
    /// <param name="options">How many threads.</param>
    /// <param name="log">Takes what is found.</param>
    /// <param name="progress">Told bytes done and in all; may be null.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static void Run(TestedImage image, ImageTestOptions options, CheckLog log, Action<long, long>? progress, CancellationToken cancellation)
    {
        CheckKind[] kinds = [CheckKinds.RootContent, CheckKinds.RootChecksum, CheckKinds.RootInit, CheckKinds.RootKernel];
        if (image.Boot is not { } boot || image.RootFile is not { } file)
        {
            foreach (CheckKind kind in kinds)
                log.Skip(kind, image.Boot is null ? Reasons.NoBootVolume : $"There is no {LiveLayout.RootPath}.");
            return;
        }
        if (!log.Wants(kinds))
            return;
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<string>? hash = log.Wants(CheckKinds.RootChecksum) ? Task.Run(() => Hash(file, image.Path, stop.Token), CancellationToken.None) : null;
        try
        {
            log.Run(CheckKinds.RootContent, null, findings => CheckContent(image, file, options, findings, progress, cancellation));
            log.Run(CheckKinds.RootChecksum, null, findings => CheckHash(image, boot, hash!.GetAwaiter().GetResult(), findings));
        }
        finally
        {
            stop.Cancel();
            if (hash is not null)
                ((IAsyncResult)hash).AsyncWaitHandle.WaitOne();
        }
        if (image.RootTree is not { } root)
        {
            log.Skip(CheckKinds.RootInit, Reasons.NoRoot);
            log.Skip(CheckKinds.RootKernel, Reasons.NoRoot);
            return;
        }
        image.ReturnMemory();
        log.Run(CheckKinds.RootInit, null, findings => CheckInit(image, root, findings));
        foreach (TestedKernel kernel in image.Kernels)
            log.Run(CheckKinds.RootKernel, kernel.Name, findings => CheckKernel(image, kernel, root, boot, findings));
    }

    private static string Hash(FileNode file, string path, CancellationToken cancellation)
    {
        using ContentSource source = new(file.Content, $"{path} ({LiveLayout.RootPath})");
        return SourceHash.Sha256(source, null, cancellation);
    }

    private static string CheckContent(TestedImage image, FileNode file, ImageTestOptions options, Findings findings, Action<long, long>? progress, CancellationToken cancellation)
    {
        if (image.RootTree is not { } tree || image.Root is not { } root)
        {
            findings.Fail(image.RootFault!);
            return "";
        }
        if (image.Document is { } document && (document.Root.Compression != root.Compressor || document.Root.BlockSize != root.BlockSize))
        {
            findings.Fail(Invariant($"It is compressed with {root.Compressor} in blocks of {root.BlockSize:N0} bytes, but {LiveLayout.DocumentPath} says {document.Root.Compression} and {document.Root.BlockSize:N0}."));
        }
        long total = TreeSize.OfFiles(tree);
        int blocks;
        try
        {
            blocks = root.VerifyContent(tree, options.Threads, progress is null ? null : done => progress(Math.Min(done, total), total), cancellation);
        }
        catch (ImageException)
        {
            image.GiveUpRoot();
            throw;
        }
        return Invariant($"{root.InodeCount:N0} inodes, {blocks:N0} blocks of {root.BlockSize >> 10} KiB ({root.Compressor}), {file.Content.Length:N0} bytes.");
    }

    private static string CheckHash(TestedImage image, DirectoryNode boot, string actual, Findings findings)
    {
        if (FatPath.FindFile(boot, LiveLayout.RootHashPath) is not { Content.Length: <= MaxHashFile } file)
            findings.Fail($"There is no {LiveLayout.RootHashPath} that /init could compare.");
        else
        {
            string text = Encoding.Latin1.GetString(file.Content.ReadAll());
            string expected = text[..Math.Min(HashLength, text.Length)];
            if (expected != actual)
                findings.Fail($"The squashfs has the SHA-256 {actual}, but {LiveLayout.RootHashPath} says {expected.TrimEnd()}: /init does not start it.");
        }
        if (image.Document is { } document && document.Root.Sha256 != actual)
            findings.Fail($"The squashfs has the SHA-256 {actual}, but {LiveLayout.DocumentPath} says {document.Root.Sha256}.");
        return $"SHA-256 {actual}.";
    }

    private static string CheckInit(TestedImage image, DirectoryNode root, Findings findings)
    {
        const string Path = "/sbin/init";
        if (TreePath.FindFile(root, Path) is not { } init)
        {
            findings.Fail($"The live root has no {Path}.");
            return "";
        }
        if (init.Content.Length <= ElfFile.MaxLength && init.Content.Length > 4 && ElfFile.IsElf(init.Content.ReadAll(ElfFile.MaxLength)))
        {
            ElfFile elf = ElfFile.Read(init.Content, Path);
            foreach (TestedKernel kernel in image.Kernels.Where(kernel => kernel.Architecture != KernelArchitecture.Unknown && !BusyBox.Runs(elf.Machine, kernel.Architecture)))
                findings.Fail($"{Path} is for {elf.Machine}, which cannot run on the kernel {kernel.Name}.");
            return $"{TreePath.Resolve(root, Path)} for {elf.Machine}.";
        }
        return $"{TreePath.Resolve(root, Path)}.";
    }

    private static string CheckKernel(TestedImage image, TestedKernel kernel, DirectoryNode root, DirectoryNode boot, Findings findings)
    {
        if (kernel.Release is not { } release || ModuleTree.Open(root, release, image.Codecs) is null)
        {
            findings.Fail($"The live root has no modules of {kernel.Path}{(kernel.Release is null ? "" : $" (Linux {kernel.Release})")}: what it loads after the start, such as Wi-Fi, does not work.");
            return "";
        }
        KernelFeatures features = KernelFeatures.Read(new(kernel.Name, release, kernel.Path, kernel.InitramfsPath, kernel.Architecture), root, boot, image.Codecs);
        if (image.Root?.Compressor == "zstd" && !features.ReadsSquashFsZstd)
            findings.Fail($"Linux {release} is not known to read a squashfs compressed with zstd.", "Make the live image again with -Compression Gzip, which every kernel reads.");
        return $"Linux {release}.";
    }
}
