using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.Facts;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Tests.Module;

namespace RpiLive.Tests.Imaging;

public sealed class MemoryBudgetTests
{
    private const long MiB = 1 << 20;

    /// <summary>Figures seen in QEMU: MemAvailable when /init started.</summary>
    [Theory]
    [InlineData(512, null, 437)]
    [InlineData(1024, null, 898)]
    [InlineData(2048, null, 1900)]
    [InlineData(1024, SocFamily.Bcm2837, 830)]
    public void What_is_available_at_the_start_is_what_boots_showed(int memory, SocFamily? soc, int seen) =>
        Assert.InRange(MemoryBudget.AvailableAtStart(memory, soc), seen * 97 / 100, seen * 103 / 100);

    /// <summary>MemAvailable ten seconds after everything had started; a root of 219 MiB.</summary>
    [Theory]
    [InlineData(512, 0, 418)]
    [InlineData(512, 219, 199)]
    [InlineData(1024, 0, 857)]
    [InlineData(2048, 0, 1859)]
    [InlineData(2048, 219, 1635)]
    public void What_is_free_after_the_boot_is_what_boots_showed(int memory, int root, int seen) =>
        Assert.InRange(MemoryBudget.FreeAfterBoot(memory, null, root * MiB, MemoryBudget.ConsoleUseMebibytes), seen * 97 / 100, seen * 103 / 100);

    [Fact]
    public void A_board_with_just_the_memory_that_is_required_fits_and_one_with_less_does_not()
    {
        foreach (int length in (int[])[100, 228, 450, 619, 1500, 4000])
        {
            int required = (int)(MemoryBudget.RequiredMemory(length * MiB, 192) / MiB);
            Assert.Equal(MemoryFit.Ram, MemoryBudget.Fit(required, SocFamily.Bcm2711, length * MiB, 192, RootMode.Auto, true));
            Assert.NotEqual(MemoryFit.Ram, MemoryBudget.Fit(required - 2, SocFamily.Bcm2711, length * MiB, 192, RootMode.Auto, true));
        }
    }

    [Theory]
    [InlineData(RootMode.Auto, true, 700, MemoryFit.Medium)]
    [InlineData(RootMode.Auto, false, 700, MemoryFit.DoesNotFit)]
    [InlineData(RootMode.Ram, true, 700, MemoryFit.DoesNotFit)]
    [InlineData(RootMode.Medium, true, 100, MemoryFit.Medium)]
    [InlineData(RootMode.Auto, true, 500, MemoryFit.Ram)]
    public void The_mode_decides_where_a_root_lives(RootMode mode, bool mayFallBack, int length, MemoryFit expected) =>
        Assert.Equal(expected, MemoryBudget.Fit(1024, SocFamily.Bcm2837, length * MiB, 192, mode, mayFallBack));

    [Fact]
    public void Each_model_says_how_the_image_runs_with_each_of_its_memories()
    {
        IReadOnlyList<ModelFit> fits = ModelFits.Of(Samples.Image("x.img") with { Flavours = [new LiveFlavour("v8", "6.12", "kernel8.img", "initramfs8", ["Pi 3B", "Pi 4B", "Pi Zero 2 W"])] });
        Assert.Equal(PiModels.All.Sum(model => model.MemoryMiB.Count), fits.Count);
        Assert.Equal(
            ["Pi 3B 1024 Ram", "Pi 4B 1024 Ram", "Pi 4B 2048 Ram", "Pi 4B 4096 Ram", "Pi 4B 8192 Ram", "Pi Zero 2 W 512 Medium"],
            fits.Where(fit => fit.Flavour == "v8").OrderBy(fit => fit.Model.Name, StringComparer.Ordinal).Select(fit => $"{fit.Model.Name} {fit.MemoryMiB} {fit.Fit}"));
        Assert.All(fits.Where(fit => fit.Flavour is null), fit => Assert.Equal((MemoryFit.NoKernel, null), (fit.Fit, fit.FreeMiB)));
        ModelFit three = fits.Single(fit => fit.Model.Name == "Pi 3B");
        Assert.Equal((792, MemoryBudget.FreeAfterBoot(1024, SocFamily.Bcm2837, 600 * MiB, 20)), (three.NeededMiB, three.FreeMiB));
    }

    [Theory]
    [InlineData(RootMode.Auto, OnLowMemory.Medium, 900, "it will run from the medium")]
    [InlineData(RootMode.Auto, OnLowMemory.Stop, 900, "it will not start")]
    [InlineData(RootMode.Ram, OnLowMemory.Medium, 900, "it will not start")]
    [InlineData(RootMode.Medium, OnLowMemory.Stop, 900, null)]
    [InlineData(RootMode.Ram, OnLowMemory.Stop, 500, null)]
    public void An_image_that_fits_no_board_is_warned_of(RootMode mode, OnLowMemory policy, int length, string? warning)
    {
        List<string> warnings = [.. ModelFits.Warnings(
            [new LiveFlavour("v7", "6.12", "kernel7.img", "initramfs7", ["Pi 3B", "Pi 2B"])], length * MiB, new LiveSettings { Root = mode, OnLowMemory = policy, Reserve = 192 })];
        if (warning is null)
            Assert.Empty(warnings);
        else
            Assert.Contains(warning, Assert.Single(warnings), StringComparison.Ordinal);
    }
}
