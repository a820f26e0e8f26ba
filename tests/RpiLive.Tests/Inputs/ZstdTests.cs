using RpiLive.Core.Errors;
using RpiLive.Core.Inputs;
using RpiLive.Core.Streams;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Inputs;

public sealed class ZstdTests : IDisposable
{
    private readonly PackedFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("-3")]
    [InlineData("-19 --no-check")]
    [InlineData("--ultra -22 --long=27 --no-content-size")]
    [InlineData("-1 --no-content-size")]
    public void What_zstd_packs_comes_back(string options)
    {
        foreach (int length in (int[])[1, 511, 100_000, 3_000_001])
        {
            byte[] content = PackedFiles.Content(length);
            _files.AssertReads(content, _files.Write("image.zst", Zstd(content, options)), ImageFormat.Zstd, usesScratch: true);
        }
    }

    [Fact]
    public void Frames_that_tell_their_size_are_read_in_place()
    {
        byte[][] pieces = [PackedFiles.Content(70_000), [], PackedFiles.Content(1, 2), PackedFiles.Content(300_000, 3), new byte[200_000]];
        byte[] content = [.. pieces.SelectMany(piece => piece)], skippable = [0x50, 0x2A, 0x4D, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5];
        byte[] packed = [.. skippable, .. pieces.SelectMany(piece => Zstd(piece)), .. skippable];
        _files.AssertReads(content, _files.Write("image.zst", packed), ImageFormat.Zstd, usesScratch: false);
    }

    [Fact]
    public void A_frame_that_does_not_tell_its_size_sends_all_to_scratch()
    {
        byte[] one = PackedFiles.Content(300_000), two = PackedFiles.Content(300_000, 2);
        byte[] packed = [.. Zstd(one), .. Zstd(two, "-3 --no-content-size"), .. Zstd([], "-3 --no-content-size"), .. Zstd(one)];
        _files.AssertReads([.. one, .. two, .. one], _files.Write("image.zst", packed), ImageFormat.Zstd, usesScratch: true);
    }

    [Theory]
    [InlineData(true, false, "-3")]
    [InlineData(false, false, "-3")]
    [InlineData(true, true, "-3 --no-content-size")]
    public void Seekable_files_are_read_in_place(bool checksums, bool pad, string options)
    {
        byte[][] pieces = Pieces();
        string path = _files.Seekable("image.zst", pieces, checksums, options, pad);
        _files.AssertReads([.. pieces.SelectMany(piece => piece)], path, ImageFormat.Zstd, usesScratch: false);
        Tools.Run("zstd", "-tq", path);
    }

    [Fact]
    public void A_seek_table_for_one_frame_leaves_it_one_block() =>
        _files.AssertReads(PackedFiles.Content(90_000), _files.Seekable("image.zst", [PackedFiles.Content(90_000)]), ImageFormat.Zstd, usesScratch: true);

    [Fact]
    public void Every_field_of_the_seek_table_is_compared()
    {
        byte[] packed = File.ReadAllBytes(_files.Seekable("image.zst", Pieces(), options: "-3 --no-content-size"));
        int table = packed.Length - 9 - 12 * Pieces().Length - 8;
        for (int offset = table; offset < packed.Length; offset++)
        {
            byte[] damaged = [.. packed];
            damaged[offset] ^= 4;

            // Bits of the descriptor that are for later must not matter; another magic number makes it no table.
            bool isMagic = offset < table + 4 || offset >= packed.Length - 4;
            if (offset == packed.Length - 5)
                _files.AssertRefused(_files.Write("damaged", damaged), "UnsupportedZstd", "0x84");
            else if (!isMagic)
                _files.AssertRefused(_files.Write("damaged", damaged), "CorruptZstd", "offset");
        }
        packed[^5] |= 1;
        Assert.Equal(ImageFormat.Zstd, _files.Read(_files.Write("image.zst", packed)).Format);
    }

    [Fact]
    public void Damage_in_one_frame_is_found_when_it_is_read_and_named_by_its_offset()
    {
        byte[][] pieces = Pieces();
        byte[] packed = File.ReadAllBytes(_files.Seekable("image.zst", pieces));
        int second = Zstd(pieces[0]).Length;
        packed[second + Zstd(pieces[1]).Length / 2] ^= 0x10;
        (FileSource file, ImageInput input) = _files.Open(_files.Write("image.zst", packed));
        using (file)
        using (input)
        {
            byte[] bytes = new byte[pieces[0].Length];
            input.Content.ReadExactly(0, bytes);
            Assert.Equal(pieces[0], bytes);
            ImageException error = Assert.Throws<ImageException>(() => input.Content.ReadExactly(pieces[0].Length, bytes.AsSpan(0, 1000)));
            Assert.Equal("CorruptZstd", error.ErrorId);
            Assert.Contains($"frame at offset {second:N0}", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_cut_is_found()
    {
        byte[] packed = Zstd(PackedFiles.Content(3000));
        for (int length = 4; length < packed.Length; length++)
            _files.AssertRefused(_files.Write("image.zst", packed[..length]), "CorruptZstd", "cut short", "offset");
    }

    [Fact]
    public void What_follows_and_is_no_frame_is_refused_by_its_offset()
    {
        byte[] packed = Zstd(PackedFiles.Content(3000));
        foreach (int count in (int[])[1, 3, 4, 100])
        {
            string path = _files.Write("image.zst", [.. packed, .. new byte[count]]);
            _files.AssertRefused(path, "CorruptZstd", $"{count} bytes at offset {packed.Length:N0}");
        }
    }

    [Fact]
    public void A_window_of_more_than_128_MiB_is_refused()
    {
        _files.Write("image", []);
        string path = _files.Make("image.zst", "(head -c 1000000 /dev/zero) | zstd -q --ultra -20 --long=28 > image.zst");
        ImageException error = _files.AssertRefused(path, "UnsupportedZstd", "268,435,456");
        Assert.Contains("--long", error.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void A_frame_that_needs_a_dictionary_is_refused()
    {
        Tools.Require("zstd", "seq");
        string path = _files.Make("image.zst", """
            mkdir -p samples; for i in $(seq 300); do seq $i $((i + 200)) > samples/$i; done
            zstd -q --train samples/* -o dictionary 2>/dev/null; seq 99 1000 | zstd -q -D dictionary > image.zst
            """);
        _files.AssertRefused(path, "UnsupportedZstd", "dictionary");
    }

    [Fact]
    public void Sizes_beyond_any_disk_are_refused_before_the_work()
    {
        // A frame of one raw block that claims 4 EiB.
        byte[] packed = [0x28, 0xB5, 0x2F, 0xFD, 0xC0, 0x00, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x09, 0, 0, 1];
        _files.AssertRefused(_files.Write("image.zst", packed), ErrorIds.TooLarge, "2,199,023,255,552");
    }

    [Theory]
    [InlineData("-3 --check")]
    [InlineData("-3 --check --no-content-size")]
    public void Damage_is_refused_or_gives_the_same_bytes(string options)
    {
        byte[] content = PackedFiles.Content(60_000);
        _files.AssertSurvivesDamage(content, _files.Write("image.zst", Zstd(content, options)), ImageFormat.Zstd, Seeds.Count);
    }

    [Fact]
    public void Damage_to_seekable_files_is_refused_or_gives_the_same_bytes()
    {
        byte[][] pieces = [PackedFiles.Content(5000), PackedFiles.Content(8000, 2), PackedFiles.Content(100, 3)];
        string path = _files.Seekable("image.zst", pieces);
        _files.AssertSurvivesDamage([.. pieces.SelectMany(piece => piece)], path, ImageFormat.Zstd, Seeds.Count, inParts: true);
    }

    private static byte[][] Pieces() => [PackedFiles.Content(70_000), PackedFiles.Content(40_000, 2), PackedFiles.Content(10, 3)];

    private byte[] Zstd(byte[] content, string options = "-3 --check")
    {
        Tools.Require("zstd");
        _files.Write("piece", content);
        return File.ReadAllBytes(_files.Make("piece.zst", $"zstd -qf {options} piece -o piece.zst"));
    }
}
