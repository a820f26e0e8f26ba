using RpiLive.Core.Imaging.Facts;
using RpiLive.Core.Testing;

namespace RpiLive.Tests.Testing;

/// <summary>No false alarm.</summary>
public sealed class GoodImageTests(GoodImages images) : IClassFixture<GoodImages>
{
    [Theory]
    [MemberData(nameof(GoodImages.Names), MemberType = typeof(GoodImages))]
    public void No_check_fails_or_warns_of_anything_but_small_boards(string name)
    {
        ImageTestReport report = LiveWorkshop.Test(images[name]);
        Assert.True(report.IsValid, LiveWorkshop.Describe(report));
        Assert.All(report.Checks.Where(check => check.Result == CheckResult.Warning), check => Assert.Equal("RamFit", check.Kind.Id));
    }

    [Fact]
    public void Every_check_but_those_of_a_boot_is_made_on_an_image_with_stores_and_zram()
    {
        ImageTestReport report = LiveWorkshop.Test(images["stores"]);
        Assert.Equal(
            CheckKinds.All.Where(kind => kind.Category != CheckCategory.Boot).Select(kind => kind.Id),
            CheckKinds.All.Select(kind => kind.Id).Where(id => report.Checks.Any(check => check.Kind.Id == id && check.Result is CheckResult.Passed or CheckResult.Warning)));
    }

    [Fact]
    public void Failures_come_first_and_each_has_something_to_do()
    {
        ImageTestReport report = LiveWorkshop.Test(images["trixie"], new ImageTestOptions { Models = [.. ModelRequirement.Parse("Pi A")] });
        Assert.False(report.IsValid);
        Assert.Equal(report.Checks.Select(check => check.Result).Order(), report.Checks.Select(check => check.Result));
        Assert.All(report.Checks, check => Assert.NotEmpty(check.Message));
        Assert.All(report.Checks.Where(check => check.Result is CheckResult.Failed or CheckResult.Warning), check => Assert.NotNull(check.Action));
    }

    [Fact]
    public void Categories_and_exclusions_choose_what_is_tested()
    {
        ImageTestReport report = LiveWorkshop.Test(images["trixie"], new ImageTestOptions
        {
            Categories = [CheckCategory.Firmware, CheckCategory.Safety],
            IsExcluded = kind => kind.Id == "ModelBoot",
        });
        Assert.Equal([CheckCategory.Firmware, CheckCategory.Safety], report.Checks.Select(check => check.Kind.Category).Distinct().Order());
        Assert.DoesNotContain(report.Checks, check => check.Kind.Id == "ModelBoot");
    }

    [Fact]
    public void A_board_that_is_required_must_run_it_from_RAM()
    {
        ImageTestReport fits = LiveWorkshop.Test(images["trixie"], new ImageTestOptions { Models = [.. ModelRequirement.Parse("Pi 4 2GB")] });
        Assert.True(fits.IsValid, LiveWorkshop.Describe(fits));
        Assert.Contains(fits.Checks, check => check is { Kind.Id: "RamFit", Subject: "Pi 4B", Result: CheckResult.Passed });
        ImageTestReport without = LiveWorkshop.Test(images["debian"], new ImageTestOptions { Models = [.. ModelRequirement.Parse("Pi Zero W")] });
        Assert.Equal(["ModelBoot", "RamFit"], without.Checks.Where(check => check.Result == CheckResult.Failed).Select(check => check.Kind.Id).Order());
    }
}
