using System.Text;
using RpiLive.Core.Kernel;
using RpiLive.Core.Tree;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Elf;

namespace RpiLive.Tests.Kernel;

public sealed class KernelConfigTests
{
    private const string Release = "6.12.47+rpt-rpi-v8", Folder = "lib/modules/" + Release;
    private const string Text = "#\n# Linux/arm64\n#\nCONFIG_SQUASHFS=m\nCONFIG_SQUASHFS_ZSTD=y\n# CONFIG_SQUASHFS_LZ4 is not set\nCONFIG_HZ=250\n";

    [Fact]
    public void Options_are_yes_module_no_or_unknown()
    {
        KernelConfig config = KernelConfig.Parse(Text, "text");
        Assert.Equal((KernelOption.Module, KernelOption.Yes, KernelOption.No, KernelOption.No, KernelOption.Yes),
            (config["CONFIG_SQUASHFS"], config["CONFIG_SQUASHFS_ZSTD"], config["CONFIG_SQUASHFS_LZ4"], config["CONFIG_OTHER"], config["CONFIG_HZ"]));
        Assert.Equal(KernelOption.Unknown, KernelConfig.Parse("no configuration", "text")["CONFIG_SQUASHFS"]);
    }

    [Fact]
    public void The_configuration_is_looked_for_in_the_root_then_the_boot_volume_then_the_module()
    {
        DirectoryNode root = Root(), boot = new DirectoryNode().With($"config-{Release}", Text);
        Assert.Null(KernelConfig.Find(root, null, Modules(root)).Source);
        byte[] blob = [.. "IKCFG_ST"u8, .. KernelSample.Gzip(Encoding.ASCII.GetBytes(Text)), .. "IKCFG_ED"u8];
        root.With($"{Folder}/configs.ko", new ElfSample { Type = Core.Elf.ElfType.Relocatable, Sections = [(".rodata", blob)] }.Build());
        Assert.Equal("configs.ko", KernelConfig.Find(root, null, Modules(root)).Source);
        Assert.Equal(KernelOption.Module, KernelConfig.Find(root, null, Modules(root))["CONFIG_SQUASHFS"]);
        Assert.Equal("config-" + Release, KernelConfig.Find(root, boot, Modules(root)).Source);
        root.With($"boot/config-{Release}", Text);
        Assert.Equal("/boot/config-" + Release, KernelConfig.Find(root, boot, Modules(root)).Source);
    }

    [Theory]
    [InlineData(Text, "", true)]
    [InlineData("CONFIG_SQUASHFS=m\n", "zstd_decompress_stream", false)]
    [InlineData("CONFIG_SQUASHFS_ZSTD=m\n", "", false)]
    [InlineData(null, "zstd_decompress_stream", true)]
    [InlineData(null, "ZSTD_decompressStream", true)]
    [InlineData(null, "squashfs_zstd_comp_ops", false)]
    [InlineData(null, "", false)]
    public void Zstd_counts_as_supported_only_where_something_proves_it(string? config, string strings, bool expected)
    {
        DirectoryNode root = Root(strings);
        if (config is not null)
            root.With($"boot/config-{Release}", config);
        Assert.Equal(expected, KernelConfig.Find(root, null, Modules(root)).SupportsSquashFsZstd(Modules(root)));
    }

    [Fact]
    public void A_damaged_configs_module_leaves_the_configuration_unknown()
    {
        DirectoryNode root = Root().With($"{Folder}/configs.ko", "IKCFG_STnogzipIKCFG_ED");
        Assert.Null(KernelConfig.Find(root, null, Modules(root)).Source);
    }

    private static DirectoryNode Root(string strings = "") => new DirectoryNode()
        .With($"{Folder}/modules.dep", "configs.ko:\nsquashfs.ko:\n").With($"{Folder}/squashfs.ko", KernelSample.Module(Release, strings: strings));

    private static ModuleTree Modules(DirectoryNode root) => ModuleTree.Open(root, Release, new ToolCodecs())!;
}
