using RpiLive.Core.Kernel;
using RpiLive.Core.Tree;
using RpiLive.Tests.Boot;

namespace RpiLive.Tests.Kernel;

public sealed class ZramSupportTests
{
    private const string Release = "6.12.47+rpt-rpi-v8", Folder = "lib/modules/" + Release;

    [Theory]
    [InlineData("zram.ko: lz4_compress.ko\nlz4_compress.ko:\n", "", "CONFIG_ZRAM=m\nCONFIG_ZRAM_BACKEND_LZ4=y\nCONFIG_ZRAM_BACKEND_ZSTD=y\nCONFIG_CRYPTO_842=y\n", "lz4 zstd")]
    [InlineData("zram.ko:\n", "kernel/lib/x.ko\n", "CONFIG_ZRAM=m\nCONFIG_ZRAM_BACKEND_LZO=y\n", "lzo lzo-rle")]
    [InlineData("zram.ko:\nlz4.ko:\nzstd.ko:\n", "kernel/crypto/lzo.ko\nkernel/crypto/lzo-rle.ko\n", "CONFIG_ZRAM=m\nCONFIG_CRYPTO_LZO=y\nCONFIG_CRYPTO_LZ4=m\nCONFIG_CRYPTO_LZ4HC=m\n", "lzo lzo-rle lz4")]
    [InlineData("zram.ko: zstd_compress.ko lzo_compress.ko.xz\nzstd.ko:\nlz4.ko:\nzstd_compress.ko:\nlzo_compress.ko.xz:\n", "", null, "lzo lzo-rle zstd")]
    [InlineData("zstd.ko:\n", "kernel/drivers/block/zram/zram.ko\n", null, "zstd")]
    [InlineData("zstd.ko:\n", "", "CONFIG_CRYPTO_ZSTD=m\n", "")]
    public void The_algorithms_follow_from_configuration_and_modules(string dependencies, string builtIn, string? config, string expected)
    {
        DirectoryNode root = new DirectoryNode().With($"{Folder}/modules.dep", dependencies).With($"{Folder}/modules.builtin", builtIn);
        if (config is not null)
            root.With($"boot/config-{Release}", config);
        ModuleTree modules = ModuleTree.Open(root, Release, new ToolCodecs())!;
        Assert.Equal(expected, string.Join(' ', ZramSupport.Find(KernelConfig.Find(root, null, modules), modules)));
    }

    [Fact]
    public void Before_6_12_modules_of_the_crypto_API_tell_where_no_configuration_is_known()
    {
        const string Old = "6.1.0-50-arm64";
        DirectoryNode root = new DirectoryNode().With($"lib/modules/{Old}/modules.dep", "zram.ko:\nzstd.ko:\n").With($"lib/modules/{Old}/modules.builtin", "kernel/crypto/lzo.ko\n");
        ModuleTree modules = ModuleTree.Open(root, Old, new ToolCodecs())!;
        Assert.Equal(["lzo", "zstd"], ZramSupport.Find(KernelConfig.Find(root, null, modules), modules));
    }
}
