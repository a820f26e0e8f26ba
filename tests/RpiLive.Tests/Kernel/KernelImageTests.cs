using RpiLive.Core.Kernel;
using RpiLive.Core.Tree;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Kernel;

public sealed class KernelImageTests
{
    private const string Release = "6.12.47+rpt-rpi-v8";

    private static readonly KernelImage s_unknown = new(KernelArchitecture.Unknown, null);

    [Fact]
    public void A_plain_arm64_Image_is_read() =>
        Assert.Equal(new KernelImage(KernelArchitecture.Arm64, Release), Inspect(KernelSample.Arm64(Release)));

    [Theory]
    [InlineData(100_000)]
    [InlineData(65_536 - 10)]
    [InlineData(131_072 - 3)]
    public void A_gzip_file_is_read_wherever_the_banner_lies(int bannerAt) =>
        Assert.Equal(new KernelImage(KernelArchitecture.Arm64, Release), Inspect(KernelSample.Gzip(KernelSample.Arm64(Release, bannerAt))));

    [Fact]
    public void A_zImage_is_read_past_a_false_start() =>
        Assert.Equal(new KernelImage(KernelArchitecture.Arm, "6.12.47+rpt-rpi-v7"), Inspect(KernelSample.ZImage("6.12.47+rpt-rpi-v7")));

    [Fact]
    public void A_zImage_with_another_compression_is_known_by_its_architecture_alone()
    {
        byte[] image = KernelSample.ZImage("6.12.47+rpt-rpi-v7")[..8192];
        Assert.Equal(new KernelImage(KernelArchitecture.Arm, null), Inspect(image));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("xzkern")]
    [InlineData("zstd22")]
    public void An_EFI_zboot_file_is_read(string method)
    {
        Tools.Require("xz", "zstd", "sh");
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["image"], KernelSample.Arm64(Release));
        string tool = method switch { "gzip" => "gzip -c", "xzkern" => "xz -c", _ => "zstd -qc" };
        Tools.Shell($"cd '{folder.Path}'; {tool} image >packed");
        byte[] file = KernelSample.ZBoot(method, File.ReadAllBytes(folder["packed"]));
        Assert.Equal(new KernelImage(KernelArchitecture.Arm64, Release), KernelImage.Inspect(new MemoryContent(file), new ToolCodecs()));
        Assert.Equal(KernelSample.Arm64(Release), KernelImage.ToPlain(file, new ToolCodecs()));
        Assert.Equal(method == "zstd22" ? s_unknown : new KernelImage(KernelArchitecture.Arm64, Release), Inspect(file));
    }

    [Theory]
    [InlineData("6.1/../../etc")]
    [InlineData("x6.1")]
    [InlineData("6.1.0-000000000000000000000000000000000000000000000000000000000000000000000")]
    public void A_release_that_can_be_none_is_not_believed(string release) =>
        Assert.Null(Inspect(KernelSample.Arm64(release)).Release);

    [Fact]
    public void What_is_no_kernel_is_unknown()
    {
        Assert.Equal(s_unknown, Inspect([]));
        Assert.Equal(s_unknown, Inspect(new byte[100_000]));
        Assert.Equal(s_unknown, Inspect("#!/bin/sh\n# nothing that a Pi could start, but more than sixty-four bytes long\n"u8.ToArray()));
    }

    [Fact]
    public void Damaged_kernels_never_fail()
    {
        byte[][] kernels = [KernelSample.Gzip(KernelSample.Arm64(Release)), KernelSample.ZImage(Release), KernelSample.ZBoot("gzip", KernelSample.Gzip(KernelSample.Arm64(Release)))];
        for (int seed = 0; seed < Seeds.Count; seed++)
            Assert.True(Inspect(Mutations.Damage(kernels[seed % kernels.Length], seed)).Release is null or { Length: <= 64 });
    }

    private static KernelImage Inspect(byte[] bytes) => KernelImage.Inspect(new MemoryContent(bytes));
}
