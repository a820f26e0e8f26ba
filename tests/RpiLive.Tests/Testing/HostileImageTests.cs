using RpiLive.Core.Testing;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Testing;

/// <summary>Whatever an image holds, there is a report.</summary>
public sealed class HostileImageTests(GoodImages images) : IClassFixture<GoodImages>
{
    [Fact]
    public void Damaged_images_get_a_report_never_an_exception()
    {
        const int Seeds = 2500;
        using TemporaryFolder folder = new();
        string path = folder["hostile.img"];
        File.Copy(images["stores"], path);
        byte[] good = File.ReadAllBytes(path);
        List<Range> used = Used(good);
        using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        for (int seed = 0; seed < Seeds; seed++)
        {
            Random random = new(seed);
            List<(int Offset, byte[] Old)> changes = [];
            for (int count = random.Next(1, 6); count > 0; count--)
            {
                // Half of it where partition table, boot sector, tables and directories are.
                Range range = random.Next(2) == 0 ? used[random.Next(Math.Min(6, used.Count))] : used[random.Next(used.Count)];
                int offset = random.Next(range.Start.Value, range.End.Value), length = Math.Min(random.Next(1, 9), good.Length - offset);
                changes.Add((offset, good[offset..(offset + length)]));
                byte[] bytes = new byte[length];
                if (random.Next(3) == 0)
                    Array.Fill(bytes, random.Next(2) == 0 ? (byte)0xFF : (byte)0);
                else
                    random.NextBytes(bytes);
                file.Position = offset;
                file.Write(bytes);
            }
            file.Flush();
            ImageTestReport report = LiveWorkshop.Test(path);
            Assert.DoesNotContain(report.Checks, check => check.Message.Contains("unexpectedly", StringComparison.Ordinal));
            Assert.NotEmpty(report.Checks);
            foreach ((int offset, byte[] old) in changes)
            {
                file.Position = offset;
                file.Write(old);
            }
        }
        file.Flush();
        Assert.True(LiveWorkshop.Test(path).IsValid, "The image is as it was.");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(5000)]
    [InlineData(8 << 20)]
    [InlineData((8 << 20) + 512)]
    [InlineData(12 << 20)]
    public void Files_that_are_cut_short_get_a_report(int length)
    {
        using TemporaryFolder folder = new();
        byte[] good = File.ReadAllBytes(images["trixie"]);
        File.WriteAllBytes(folder["cut.img"], good[..length]);
        Assert.False(LiveWorkshop.Test(folder["cut.img"]).IsValid);
    }

    /// <summary>Where the image has anything but zeros, in pieces of 4 KiB that touch.</summary>
    private static List<Range> Used(byte[] image)
    {
        const int Piece = 4096;
        List<Range> ranges = [];
        for (int start = 0; start + Piece <= image.Length; start += Piece)
        {
            if (!image.AsSpan(start, Piece).ContainsAnyExcept((byte)0))
                continue;
            if (ranges.Count > 0 && ranges[^1].End.Value == start)
                ranges[^1] = ranges[^1].Start..(start + Piece);
            else
                ranges.Add(start..(start + Piece));
        }
        return ranges;
    }
}
