using RpiLive.Core.Errors;
using RpiLive.Core.Imaging.Persistence;

namespace RpiLive.Tests.Persistence;

public sealed class PersistenceConfTests
{
    [Fact]
    public void Lines_of_live_boot_are_read()
    {
        IReadOnlyList<PersistenceConfEntry> entries = PersistenceConf.Parse(
            "\uFEFF# a comment\r\n\r\n/home\r\n  /var//log/ union,source=logs\n/srv\tbind\n/opt source=a/b\n/usr/local union\n/etc ,union,\n", "persistence.conf");
        Assert.Equal(
            [
                new("/home", KeepMode.Bind, null), new("/var/log", KeepMode.Overlay, "logs"), new("/srv", KeepMode.Bind, null),
                new("/opt", KeepMode.Bind, "a/b"), new("/usr/local", KeepMode.Overlay, null), new("/etc", KeepMode.Overlay, null),
            ],
            entries);
    }

    [Theory]
    [InlineData("/home link", ErrorIds.PersistenceConfLink)]
    [InlineData("/home link,source=.", ErrorIds.PersistenceConfLink)]
    [InlineData("home", ErrorIds.PersistenceConfInvalid)]
    [InlineData("/home bind union", ErrorIds.PersistenceConfInvalid)]
    [InlineData("/home bind,union", ErrorIds.PersistenceConfInvalid)]
    [InlineData("/home copy", ErrorIds.PersistenceConfInvalid)]
    [InlineData("/home source=", ErrorIds.PersistenceConfInvalid)]
    [InlineData("/home source=/x", ErrorIds.PersistenceConfInvalid)]
    [InlineData("/home source=a/../../x", ErrorIds.PersistenceConfInvalid)]
    [InlineData("# nothing", ErrorIds.PersistenceConfInvalid)]
    public void What_cannot_be_taken_over_is_named(string text, string errorId)
    {
        ImageException error = Assert.Throws<ImageException>(() => PersistenceConf.Parse(text, "persistence.conf"));
        Assert.Equal(errorId, error.ErrorId);
        Assert.StartsWith("persistence.conf", error.Message, StringComparison.Ordinal);
    }
}
