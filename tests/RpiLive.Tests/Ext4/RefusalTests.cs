using System.Buffers.Binary;
using System.Globalization;
using RpiLive.Core.Errors;
using RpiLive.Core.Ext4;
using RpiLive.Core.Streams;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Ext4;

public sealed class RefusalTests
{
    private const int SuperblockOffset = 1024;

    [Theory]
    [InlineData(0x1, "compression")]
    [InlineData(0x8, "journal_dev")]
    [InlineData(0x1000, "dirdata")]
    [InlineData(0x10000, "encrypt")]
    [InlineData(0x800, "0x800")]
    [InlineData(0x40000, "0x40000")]
    public void Features_that_a_reader_must_know_are_refused_by_name(uint feature, string name)
    {
        byte[] image = Small();
        Or(image, 0x60, feature);
        ImageException error = Refused(image);
        Assert.Equal("UnsupportedExt4", error.ErrorId);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_features_of_writers_do_not_matter()
    {
        byte[] image = Small();
        Or(image, 0x64, 0x80000000);
        Or(image, 0x5C, 0x80000000);
        Samples.Read(new MemorySource(image, "image"));
    }

    [Fact]
    public void A_file_system_with_encryption_from_mke2fs_is_refused()
    {
        using TemporaryFolder folder = new();
        Samples.Make(folder["image"], "8M", "-t ext4 -O encrypt");
        Assert.Contains("encrypt", Refused(File.ReadAllBytes(folder["image"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Recovery_from_a_journal_on_another_device_is_refused()
    {
        byte[] image = Small();
        Or(image, 0x60, 0x4);
        image.AsSpan(SuperblockOffset + 0xE0, 4).Clear();
        ImageException error = Refused(image);
        Assert.Equal("UnsupportedExt4", error.ErrorId);
        Assert.Contains("journal_dev", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Recovery_without_a_journal_is_an_error()
    {
        byte[] image = Small("-t ext2");
        Or(image, 0x60, 0x4);
        Assert.Equal("CorruptExt4", Refused(image).ErrorId);
    }

    [Fact]
    public void An_image_that_is_cut_short_says_so()
    {
        byte[] image = Small();
        ImageException error = Refused(image[..^1024]);
        Assert.Equal(ErrorIds.ImageTruncated, error.ErrorId);
        Assert.Contains(image.Length.ToString("N0", CultureInfo.InvariantCulture), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Something_else_is_not_ext()
    {
        Assert.False(Ext4Volume.IsExt(new MemorySource(new byte[4096], "zeros")));
        Assert.False(Ext4Volume.IsExt(new MemorySource(new byte[100], "short")));
        Assert.True(Ext4Volume.IsExt(new MemorySource(Small(), "image")));
        Assert.Equal("CorruptExt4", Refused(new byte[4096]).ErrorId);
        Assert.Equal(ErrorIds.ImageTruncated, Refused(new byte[100]).ErrorId);
    }

    private static byte[] Small(string options = "-t ext4 -O ^metadata_csum")
    {
        using TemporaryFolder folder = new();
        Samples.Make(folder["image"], "8M", options);
        return File.ReadAllBytes(folder["image"]);
    }

    private static void Or(byte[] image, int offset, uint bits)
    {
        Span<byte> field = image.AsSpan(SuperblockOffset + offset);
        BinaryPrimitives.WriteUInt32LittleEndian(field, BinaryPrimitives.ReadUInt32LittleEndian(field) | bits);
    }

    private static ImageException Refused(byte[] image) =>
        Assert.Throws<ImageException>(() => Ext4Volume.Open(new MemorySource(image, "image"), TestContext.Current.CancellationToken));
}
