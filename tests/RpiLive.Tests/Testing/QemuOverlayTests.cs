using RpiLive.Core.Testing.Boot;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Testing;

/// <summary>Judged by qemu-img and qemu-io.</summary>
public sealed class QemuOverlayTests
{
    [Theory]
    [InlineData(512)]
    [InlineData(700_000_256)]
    [InlineData(4L << 40)]
    public void A_new_file_is_sound_and_empty(long length)
    {
        Tools.Require("qemu-img");
        using TemporaryFolder folder = new();
        QemuOverlay.Create(folder["card.qcow2"], length);
        Assert.Contains("No errors were found", Tools.Run("qemu-img", "check", folder["card.qcow2"]), StringComparison.Ordinal);
        Assert.Contains($"\"virtual-size\": {length},", Tools.Run("qemu-img", "info", "--output=json", folder["card.qcow2"]), StringComparison.Ordinal);
        Assert.Empty(QemuOverlay.ReadWritten(folder["card.qcow2"]));
    }

    [Fact]
    public void What_was_written_is_told_in_pieces_of_64_KiB()
    {
        Tools.Require("qemu-io");
        using TemporaryFolder folder = new();
        QemuOverlay.Create(folder["card.qcow2"], 3L << 30);
        Tools.Run("qemu-io", "-f", "qcow2", "-c", "write 1000 5", "-c", "write 65536 512", "-c", "write 1G 1M", "-c", "write -z 2G 64k", folder["card.qcow2"]);
        Assert.Equal(
            [new(0, 128 << 10), new(1 << 30, 1 << 20), new(2L << 30, 64 << 10)],
            QemuOverlay.ReadWritten(folder["card.qcow2"]));
    }
}
