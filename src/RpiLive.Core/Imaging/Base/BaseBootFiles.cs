using System.Globalization;
using System.IO.Compression;
using System.Text;
using RpiLive.Core.Compression;
using RpiLive.Core.Errors;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Kernel;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Base;

/// <summary>
/// The boot volume of a base image: the firmware's files, Debian's kernel with its own device trees, the initramfs, config.txt and cmdline.txt
/// (config_txt/boot.adoc of the Raspberry Pi documentation).
/// </summary>
internal static class BaseBootFiles
{
    private const string FirmwareFolder = "/usr/lib/raspi-firmware", KernelPrefix = "vmlinuz-";

    private const string Config = """
        # See https://www.raspberrypi.com/documentation/computers/config_txt.html
        arm_64bit=1
        enable_uart=1

        # The device trees are those of Debian's kernel, whose names are other than Raspberry Pi's.
        upstream_kernel=1

        # kernel8.img and initramfs8
        auto_initramfs=1

        """;

    /// <summary>The release of the kernel that is in a root.</summary>
    /// <exception cref="ImageException"><see cref="ErrorIds.KernelMissing"/> or <see cref="ErrorIds.PackageConflict"/>.</exception>
    public static string FindRelease(DirectoryNode root)
    {
        string[] releases =
        [
            .. TreePath.FindDirectory(root, "/boot")?.Children.Keys.Select(name => name.ToString())
                .Where(name => name.StartsWith(KernelPrefix, StringComparison.Ordinal) && KernelRelease.IsValid(name[KernelPrefix.Length..]))
                .Select(name => name[KernelPrefix.Length..]) ?? [],
        ];
        return releases switch
        {
            [var release] => release,
            [] => throw new ImageException(ErrorIds.KernelMissing, ImageErrorKind.Missing, "None of the packages has a kernel (/boot/vmlinuz-*).", "Use another mirror."),
            _ => throw new ImageException(ErrorIds.PackageConflict, ImageErrorKind.Request, $"The packages have several kernels, and the boot volume takes one: {string.Join(", ", releases)}.",
                "Leave the package of a further kernel out of -Package."),
        };
    }

    /// <summary>Makes the boot volume, and takes the kernel out of the root.</summary>
    /// <param name="root">The root, with all indexes of modules.</param>
    /// <param name="firmware">The unpacked package of the firmware.</param>
    /// <param name="release">Release of the kernel.</param>
    /// <param name="recipe">What the image is to be.</param>
    /// <param name="time">Time of the files that are made.</param>
    /// <param name="codecs">For compressed kernels and modules.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static DirectoryNode Make(
        DirectoryNode root, DirectoryNode firmware, string release, BaseRecipe recipe, Timestamp time, ICodecs codecs, CancellationToken cancellation)
    {
        DirectoryNode boot = new() { Permissions = 0x1ED, ModifiedTime = time };
        AddFiles(boot, firmware, FirmwareFolder, name => !name.StartsWith("bcm", StringComparison.Ordinal));
        AddFiles(boot, root, $"/usr/lib/linux-image-{release}/broadcom", name => name.EndsWith(".dtb", StringComparison.Ordinal));
        if (!boot.Children.ContainsKey("start4.elf") || !boot.Children.Keys.Any(name => name.ToString().EndsWith(".dtb", StringComparison.Ordinal)))
        {
            throw new ImageException(ErrorIds.KernelMissing, ImageErrorKind.Missing, $"The packages have no firmware of the Raspberry Pi, or no device trees for it (kernel {release}).",
                "Use a mirror with the component non-free-firmware.");
        }
        KernelFlavour flavour = new("v8", release, BaseLayout.KernelFile, BaseLayout.InitramfsFile, KernelArchitecture.Arm64);
        byte[] kernel = TakeKernel(root, release);
        Add(BaseLayout.KernelFile, Pack(KernelImage.ToPlain(kernel, codecs)));
        Add(BaseLayout.InitramfsFile, BaseInitramfs.Build(new InitramfsRequest { Root = root, Flavour = flavour, VolumeId = recipe.VolumeId }, codecs, cancellation));
        AddText("config.txt", Config);
        AddText("cmdline.txt",
            $"console=ttyS1,115200 console=tty1 root=PARTUUID={recipe.DiskId.ToString("x8", CultureInfo.InvariantCulture)}-02 rootfstype=ext4 fsck.repair=yes rootwait\n");
        AddText("issue.txt", $"Debian {recipe.Suite.Codename} ({recipe.Profile.Name}), kernel {release}, made by RpiLive\n");
        return boot;

        void AddText(string name, string text) => Add(name, Encoding.ASCII.GetBytes(text));
        void Add(string name, byte[] bytes) => boot.Children[name] = new FileNode(new MemoryContent(bytes)) { Permissions = 0x1A4, ModifiedTime = time };
    }

    private static void AddFiles(DirectoryNode boot, DirectoryNode source, string folder, Func<string, bool> isWanted)
    {
        foreach ((FileName name, TreeNode node) in TreePath.FindDirectory(source, folder)?.Children ?? [])
        {
            if (node is FileNode file && isWanted(name.ToString()))
                boot.Children[name] = file;
        }
    }

    private static byte[] TakeKernel(DirectoryNode root, string release)
    {
        string name = KernelPrefix + release;
        if (TreePath.FindFile(root, "/boot/" + name) is not { } file || file.Content.Length > KernelImage.MaxLength)
            throw new ImageException(ErrorIds.KernelMissing, ImageErrorKind.Missing, $"/boot/{name} of the packages is no regular file, or too large for a kernel.", "Use another mirror.");
        byte[] kernel = file.Content.ReadAll(KernelImage.MaxLength);
        TreePath.FindDirectory(root, "/boot")!.Children.Remove(name);
        return kernel;
    }

    /// <summary>The firmware unpacks gzip files; the card has less to read.</summary>
    private static byte[] Pack(byte[] kernel)
    {
        if (kernel.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
            return kernel;
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(kernel);
        packed.GetBuffer()[9] = 255;
        return packed.ToArray();
    }
}
