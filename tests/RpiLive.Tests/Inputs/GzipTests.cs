using RpiLive.Core.Checksums;
using RpiLive.Core.Inputs;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Inputs;

public sealed class GzipTests : IDisposable
{
    private readonly PackedFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("gzip -c image > image.gz")]
    [InlineData("gzip -1nc image > image.gz")]
    [InlineData("gzip -9c < image > image.gz")]
    [InlineData("python3 -c \"import gzip; open('image.gz', 'wb').write(gzip.compress(open('image', 'rb').read(), 6))\"")]
    [InlineData("python3 -c \"import gzip; open('image.gz', 'wb').write(gzip.compress(open('image', 'rb').read(), 0))\"")]
    public void What_the_tools_pack_comes_back(string script)
    {
        Tools.Require("gzip", "python3");
        foreach (int length in (int[])[1, 511, 100_000, 3_000_001])
        {
            byte[] content = PackedFiles.Content(length);
            _files.Write("image", content);
            _files.AssertReads(content, _files.Make("image.gz", script), ImageFormat.Gzip, usesScratch: true);
        }
    }

    [Fact]
    public void Members_follow_each_other_and_zeros_may_follow_the_last()
    {
        byte[][] pieces = [PackedFiles.Content(70_000), [], [.. "x"u8], PackedFiles.Content(9000, 2), new byte[1_000_000], PackedFiles.Content(3, 3)];
        byte[] content = [.. pieces.SelectMany(piece => piece)], packed = [.. pieces.SelectMany(Gzip)];
        foreach (int zeros in (int[])[0, 1, 7, 8, 9, 512, 100_000])
            _files.AssertReads(content, _files.Write("image.gz", [.. packed, .. new byte[zeros]]), ImageFormat.Gzip, usesScratch: true);
    }

    [Fact]
    public void Content_may_look_like_members_and_end_in_zeros()
    {
        // Stored as it is, so that the search for ends meets many that are none.
        byte[] content = [.. Enumerable.Range(0, 3000).SelectMany(i => (byte[])[.. new byte[i % 13], 0x1F, 0x8B, 8]), .. new byte[5000]];
        _files.Write("image", content);
        Tools.Require("python3");
        string path = _files.Make("image.gz", "python3 -c \"import gzip; open('image.gz', 'wb').write(gzip.compress(open('image', 'rb').read(), 0))\"");
        _files.AssertReads(content, path, ImageFormat.Gzip, usesScratch: true);
        _files.AssertReads([.. content, .. content], _files.Write("two", [.. File.ReadAllBytes(path), .. File.ReadAllBytes(path)]), ImageFormat.Gzip, usesScratch: true);
    }

    [Fact]
    public void All_fields_of_the_header_are_passed_over_and_its_checksum_is_compared()
    {
        byte[] content = PackedFiles.Content(5000), plain = Gzip(content);
        byte[] header = [0x1F, 0x8B, 8, 0x1F, 1, 2, 3, 4, 0, 3, 4, 0, 1, 2, 3, 4, .. "name\0comment\0"u8];
        byte[] checksum = BitConverter.GetBytes((ushort)Crc32.Update(0, header));
        _files.AssertReads(content, _files.Write("image.gz", [.. header, .. checksum, .. plain[10..]]), ImageFormat.Gzip, usesScratch: true);
        Tools.Require("python3");
        Tools.Run("python3", "-c", "import gzip, sys; gzip.open(sys.argv[1]).read()", _files["image.gz"]);

        checksum[0] ^= 1;
        _files.AssertRefused(_files.Write("image.gz", [.. header, .. checksum, .. plain[10..]]), "CorruptGzip", "header", "checksum", "offset 0");
        header[3] = 0x20;
        _files.AssertRefused(_files.Write("image.gz", [.. header, .. plain[10..]]), "UnsupportedGzip", "0x20");
        header[2] = 7;
        _files.AssertRefused(_files.Write("image.gz", [.. header, .. plain[10..]]), "CorruptGzip", "method 7");
    }

    [Fact]
    public void Every_cut_is_found()
    {
        byte[] packed = [.. Gzip(PackedFiles.Content(600)), .. Gzip(PackedFiles.Content(300))];
        int first = Gzip(PackedFiles.Content(600)).Length;
        for (int length = 2; length < packed.Length; length++)
        {
            if (length != first)
                _files.AssertRefused(_files.Write("image.gz", packed[..length]), "CorruptGzip", "offset");
        }
    }

    [Fact]
    public void What_follows_and_is_no_member_is_refused_by_its_offset()
    {
        byte[] packed = Gzip(PackedFiles.Content(100_000));
        _files.AssertRefused(_files.Write("image.gz", [.. packed, 1]), "CorruptGzip", $"and {packed.Length:N0}, and neither");
        _files.AssertRefused(_files.Write("image.gz", [.. packed, .. new byte[600], 1]), "CorruptGzip", "offset");
        _files.AssertRefused(_files.Write("image.gz", [.. packed, .. PackedFiles.Content(5000)]), "CorruptGzip", "the end of the file");
        _files.AssertRefused(_files.Write("image.gz", [.. packed, 0x1F, 0x8B, 8]), "CorruptGzip", $"offset {packed.Length:N0}");
    }

    [Fact]
    public void Trailer_is_compared_with_the_content()
    {
        byte[] packed = Gzip(PackedFiles.Content(100_000));
        foreach ((int back, string text) in ((int, string)[])[(8, "CRC-32"), (5, "CRC-32"), (4, "100,000 bytes"), (1, "100,000 bytes")])
        {
            byte[] damaged = [.. packed];
            damaged[^back] ^= 0x10;
            _files.AssertRefused(_files.Write("image.gz", damaged), "CorruptGzip", text, $"offset {packed.Length - 8:N0}");
        }
    }

    [Fact]
    public void Bytes_between_content_and_trailer_are_refused()
    {
        byte[] packed = Gzip(PackedFiles.Content(100_000));
        _files.AssertRefused(_files.Write("image.gz", [.. packed[..^8], 7, 7, .. packed[^8..]]), "CorruptGzip", "offset");
    }

    [Fact]
    public void Damage_is_refused_or_gives_the_same_bytes()
    {
        byte[] content = PackedFiles.Content(60_000);
        _files.AssertSurvivesDamage(content, _files.Write("image.gz", Gzip(content)), ImageFormat.Gzip, Seeds.Count);
    }

    [Fact]
    public void Many_empty_members_end_when_cancelled()
    {
        byte[] empty = Gzip([]);
        string path = _files.Write("image.gz", [.. Enumerable.Repeat(empty, 200_000).SelectMany(member => member)]);
        using CancellationTokenSource stop = new(TimeSpan.FromMilliseconds(100));
        Assert.ThrowsAny<OperationCanceledException>(() => _files.Open(path, cancellation: stop.Token));
        Assert.Empty(Directory.GetFileSystemEntries(_files.Scratch));
    }

    private byte[] Gzip(byte[] content)
    {
        Tools.Require("gzip");
        _files.Write("member", content);
        return File.ReadAllBytes(_files.Make("member.gz", "gzip -nc member > member.gz"));
    }
}
