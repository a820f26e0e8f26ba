using RpiLive.Core.Imaging.Facts;

namespace RpiLive.Tests.Facts;

public sealed class ModelRequirementTests
{
    [Theory]
    [InlineData("Pi 4B 2GB", "Pi 4B 2 GB")]
    [InlineData("Pi 4 2GB", "Pi 4B 2 GB")]
    [InlineData("raspberry pi 4 2 GiB", "Pi 4B 2 GB")]
    [InlineData("PI ZERO 2 W", "Pi Zero 2 W 512 MB")]
    [InlineData("Pi 3A+ 512MB", "Pi 3A+ 512 MB")]
    [InlineData("Pi 400", "Pi 400 4 GB")]
    [InlineData("Pi 5 16GB", "Pi 5 16 GB")]
    [InlineData("cm4s 8gb", "CM4S 8 GB")]
    [InlineData("Pi B 256MB", "Pi B 256 MB")]
    [InlineData("Pi 2B", "Pi 2B 1 GB")]
    public void A_board_is_found_by_the_ways_people_write_it(string text, string board) =>
        Assert.Equal(board, Assert.Single(ModelRequirement.Parse(text)).ToString());

    [Fact]
    public void Without_RAM_every_size_is_meant() =>
        Assert.Equal(["Pi 4B 1 GB", "Pi 4B 2 GB", "Pi 4B 4 GB", "Pi 4B 8 GB"], ModelRequirement.Parse("Pi 4B").Select(board => board.ToString()));

    [Theory]
    [InlineData("")]
    [InlineData("Pi 7")]
    [InlineData("Pi 4B 3GB")]
    [InlineData("2GB")]
    public void What_was_never_sold_is_none(string text) => Assert.Empty(ModelRequirement.Parse(text));
}
