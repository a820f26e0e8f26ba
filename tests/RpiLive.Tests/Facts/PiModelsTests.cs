using RpiLive.Core.Imaging.Facts;

namespace RpiLive.Tests.Facts;

public sealed class PiModelsTests
{
    [Fact]
    public void A_64_bit_image_serves_every_64_bit_model()
    {
        IReadOnlyDictionary<string, IReadOnlyList<PiModel>> loads = PiModels.LoadsFrom(["bootcode.bin", "kernel8.img", "kernel_2712.img"], arm64Bit: true);
        Assert.Equal(["CM5", "Pi 5", "Pi 500", "Pi 500+"], Names(loads["kernel_2712.img"]));
        Assert.Equal(
            ["CM0", "CM3", "CM3+", "CM4", "CM4S", "Pi 2B v1.2", "Pi 3A+", "Pi 3B", "Pi 3B+", "Pi 400", "Pi 4B", "Pi Zero 2 W"], Names(loads["KERNEL8.IMG"]));
        Assert.Equal(2, loads.Count);
    }

    [Fact]
    public void A_32_bit_image_of_Bookworm_starts_each_model_as_its_firmware_likes()
    {
        IReadOnlyDictionary<string, IReadOnlyList<PiModel>> loads = PiModels.LoadsFrom(["kernel.img", "kernel7.img", "kernel7l.img", "kernel8.img"], arm64Bit: null);
        Assert.Equal(["CM1", "Pi A", "Pi A+", "Pi B", "Pi B+", "Pi Zero", "Pi Zero W"], Names(loads["kernel.img"]));
        Assert.Equal(["CM0", "CM3", "CM3+", "Pi 2B", "Pi 2B v1.2", "Pi 3A+", "Pi 3B", "Pi 3B+", "Pi Zero 2 W"], Names(loads["kernel7.img"]));
        Assert.Equal(["CM4", "CM4S", "CM5", "Pi 400", "Pi 4B", "Pi 5", "Pi 500", "Pi 500+"], Names(loads["kernel8.img"]));
        Assert.False(loads.ContainsKey("kernel7l.img"));
    }

    [Fact]
    public void Switched_to_32_bit_the_Pi_4_takes_its_own_kernel_and_the_Pi_5_none()
    {
        IReadOnlyDictionary<string, IReadOnlyList<PiModel>> loads = PiModels.LoadsFrom(["kernel7l.img"], arm64Bit: false);
        Assert.Equal(["CM4", "CM4S", "Pi 400", "Pi 4B"], Names(Assert.Single(loads).Value));
    }

    [Fact]
    public void Unasked_the_Pi_4_takes_the_32_bit_kernel_where_there_is_no_other()
    {
        Assert.Contains("Pi 4B", Names(PiModels.LoadsFrom(["kernel7l.img"], arm64Bit: null)["kernel7l.img"]));
        Assert.Empty(PiModels.LoadsFrom(["kernel7l.img"], arm64Bit: true));
    }

    [Fact]
    public void Debians_own_kernel_names_are_loaded_by_no_default_rule() => Assert.Empty(PiModels.LoadsFrom(["vmlinuz-6.1.0-56-arm64"], arm64Bit: true));

    [Fact]
    public void Every_model_can_start_a_kernel_and_is_told_apart()
    {
        Assert.All(PiModels.All, model => Assert.NotEmpty(model.Kernels32.Concat(model.Kernels64)));
        Assert.All(PiModels.All, model => Assert.Equal(model.MemoryMiB.Order().Distinct(), model.MemoryMiB));
        Assert.Equal(PiModels.All.Count, PiModels.All.DistinctBy(model => model.Name).Count());
    }

    [Theory]
    [InlineData("Pi Zero 2 W", "pi0 pi0w pi02")]
    [InlineData("Pi 3B+", "pi3 pi3+")]
    [InlineData("CM4", "pi4 cm4")]
    [InlineData("Pi 500", "pi5 pi500")]
    public void Filters_of_config_txt_are_those_of_the_documentation(string model, string filters) =>
        Assert.Equal(filters, string.Join(' ', PiModels.All.Single(known => known.Name == model).ConfigFilters));

    private static IEnumerable<string> Names(IEnumerable<PiModel> models) => models.Select(model => model.Name).Order(StringComparer.Ordinal);
}
