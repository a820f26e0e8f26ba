using System.Buffers.Binary;
using RpiLive.Core.Errors;
using RpiLive.Core.Inputs;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Inputs;

public sealed class ZipTests : IDisposable
{
    private readonly PackedFiles _files = new();
    private readonly byte[] _content = PackedFiles.Content(1_500_000);

    public ZipTests()
    {
        Tools.Require("zip", "python3");
        _files.Write("raspios.img", _content);
        _files.Write("read me.txt", [.. "Thank you."u8]);
    }

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("zip -q -9 image.zip 'read me.txt' raspios.img", true)]
    [InlineData("zip -q -0 image.zip 'read me.txt' raspios.img", false)]
    [InlineData("zip -q -6 - 'read me.txt' raspios.img > image.zip", true)]
    [InlineData("zip -q -0 - raspios.img | cat > image.zip", false)]
    [InlineData("cat raspios.img | zip -q -fz -6 image.zip - && printf '@ -\\n@=raspios.img\\n' | zipnote -w image.zip", true)]
    [InlineData("zip -q -fz -6 image.zip raspios.img -z < 'read me.txt'", true)]
    [InlineData("mkdir -p deep; cp raspios.img deep; zip -qr image.zip deep", true)]
    [InlineData("python3 -m zipfile -c image.zip 'read me.txt' raspios.img", true)]
    [InlineData("python3 -c \"import zipfile as z; a = z.ZipFile('image.zip', 'w'); f = a.open('raspios.img', 'w', force_zip64=True); f.write(open('raspios.img', 'rb').read()); f.close(); a.close()\"", false)]
    public void What_the_tools_pack_comes_back(string script, bool usesScratch)
    {
        string path = _files.Make("image.zip", script);
        _files.AssertReads(_content, path, ImageFormat.Zip, usesScratch);
        Assert.EndsWith("raspios.img", _files.Read(path).InnerName, StringComparison.Ordinal);
    }

    [Fact]
    public void Image_is_known_by_its_first_sector_and_else_by_its_name()
    {
        _files.Write("other.bin", _content);
        _files.Write("raspios.img", new byte[5000]);
        (byte[] bytes, _, _, string? name) = _files.Read(_files.Make("image.zip", "zip -q image.zip raspios.img other.bin 'read me.txt'"));
        Assert.Equal((1_500_000, "other.bin"), (bytes.Length, name));
        (bytes, _, _, name) = _files.Read(_files.Make("named.zip", "zip -q named.zip raspios.img 'read me.txt'"));
        Assert.Equal((5000, "raspios.img"), (bytes.Length, name));
    }

    [Fact]
    public void Several_images_or_none_are_refused_by_what_is_there()
    {
        _files.Write("second.img", _content);
        _files.AssertRefused(_files.Make("two.zip", "zip -q two.zip raspios.img second.img"), ErrorIds.ImageAmbiguous, "raspios.img, second.img");
        _files.AssertRefused(_files.Make("none.zip", "zip -q none.zip 'read me.txt'"), ErrorIds.ImageMissing, "read me.txt");
        ImageException error = _files.AssertRefused(
            _files.Make("packed.zip", "gzip -k raspios.img; zip -q packed.zip raspios.img.gz"), ErrorIds.ImageMissing, "raspios.img.gz");
        Assert.Contains("packed image", error.RecommendedAction, StringComparison.Ordinal);
        _files.AssertRefused(_files.Write("empty.zip", [.. "PK\x05\x06"u8, .. new byte[18]]), ErrorIds.ImageMissing, "empty");
    }

    [Theory]
    [InlineData("zip -q -P secret image.zip raspios.img", "encrypted")]
    [InlineData("zip -q -Z bzip2 image.zip raspios.img", "bzip2")]
    [InlineData("python3 -c \"import zipfile as z; z.ZipFile('image.zip', 'w', z.ZIP_LZMA).write('raspios.img')\"", "LZMA")]
    [InlineData("zip -q -0 -s 64k split.zip raspios.img; mv split.z01 image.zip", "split")]
    public void Features_that_are_not_read_are_refused_by_name(string script, string name) =>
        _files.AssertRefused(_files.Make("image.zip", script), "UnsupportedZip", name);

    [Fact]
    public void Every_field_that_matters_is_compared()
    {
        byte[] packed = File.ReadAllBytes(_files.Make("image.zip", "zip -q -X image.zip raspios.img"));
        int directory = packed.AsSpan().LastIndexOf("PK\x01\x02"u8), end = packed.AsSpan().LastIndexOf("PK\x05\x06"u8);
        int[] local = [0, 6, 8, 14, 18, 22, 26, 28, 30], central = [0, 10, 16, 20, 24, 28, 30, 32, 42, 46], tail = [0, 4, 6, 8, 10, 12, 16, 20];
        foreach (int offset in (int[])[.. local, .. central.Select(at => directory + at), .. tail.Select(at => end + at)])
        {
            byte[] damaged = [.. packed];
            damaged[offset] ^= 1;
            ImageException? error = Record.Exception(() => _files.Read(_files.Write("damaged", damaged))) as ImageException;
            bool isStillZip = offset != 0;
            Assert.True(!isStillZip || error is not null, $"Offset {offset} is not compared.");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Content_is_compared_with_its_checksum(bool deflated)
    {
        byte[] packed = File.ReadAllBytes(_files.Make("image.zip", $"zip -q -{(deflated ? 6 : 0)} image.zip raspios.img"));
        for (int offset = 5000; offset < packed.Length - 5000; offset += packed.Length / 7)
        {
            byte[] damaged = [.. packed];
            damaged[offset] ^= 0x10;
            _files.AssertRefused(_files.Write("damaged", damaged), "CorruptZip", "raspios.img");
        }
    }

    [Fact]
    public void Data_descriptor_is_compared()
    {
        byte[] packed = File.ReadAllBytes(_files.Make("image.zip", "zip -q -6 - raspios.img | cat > image.zip"));
        int descriptor = packed.AsSpan().LastIndexOf("PK\x07\x08"u8);
        foreach (int field in (int[])[4, 8, 12])
        {
            byte[] damaged = [.. packed];
            damaged[descriptor + field] ^= 1;
            _files.AssertRefused(_files.Write("damaged", damaged), "CorruptZip", "data descriptor", $"{descriptor:N0}");
        }
    }

    [Fact]
    public void Cuts_and_additions_are_found()
    {
        byte[] packed = File.ReadAllBytes(_files.Make("image.zip", "zip -q -6 image.zip raspios.img 'read me.txt'"));
        foreach (int length in (int[])[30, 1000, packed.Length / 2, packed.Length - 200, packed.Length - 22, packed.Length - 1])
            _files.AssertRefused(_files.Write("cut", packed[..length]), "CorruptZip", "cut short");
        _files.AssertRefused(_files.Write("more", [.. packed, 0]), "CorruptZip", "appended");
    }

    [Fact]
    public void Entries_that_overlap_are_refused()
    {
        byte[] packed = File.ReadAllBytes(_files.Make("image.zip", "zip -q -X image.zip raspios.img 'read me.txt'"));
        int second = packed.AsSpan().LastIndexOf("PK\x01\x02"u8);
        BinaryPrimitives.WriteUInt32LittleEndian(packed.AsSpan(second + 42), 100);
        _files.AssertRefused(_files.Write("image.zip", packed), "CorruptZip", "lies inside", "read me.txt");
    }

    [Fact]
    public void Sizes_that_lie_are_found_when_they_are_passed()
    {
        byte[] packed = File.ReadAllBytes(_files.Make("image.zip", "zip -q -X image.zip raspios.img"));
        int directory = packed.AsSpan().LastIndexOf("PK\x01\x02"u8);
        foreach ((uint length, string text) in ((uint, string)[])[(1_400_000, "more than"), (1_600_000, "1,500,000")])
        {
            BinaryPrimitives.WriteUInt32LittleEndian(packed.AsSpan(22), length);
            BinaryPrimitives.WriteUInt32LittleEndian(packed.AsSpan(directory + 24), length);
            _files.AssertRefused(_files.Write("image.zip", packed), "CorruptZip", text);
        }
    }

    [Fact]
    public void Deflated_data_must_fill_their_place()
    {
        Tools.Run("python3", "-c", """
            import struct, sys, zlib
            content = open(sys.argv[1], 'rb').read()
            pack = zlib.compressobj(6, zlib.DEFLATED, -15)
            name, data = b'raspios.img', pack.compress(content) + pack.flush()
            def archive(data):
                fields = struct.pack('<HHHHHIIIHH', 20, 0, 8, 0, 0, zlib.crc32(content), len(data), len(content), len(name), 0)
                local = b'PK\3\4' + fields + name
                central = b'PK\1\2' + struct.pack('<H', 20) + fields + struct.pack('<HHHII', 0, 0, 0, 0, 0) + name
                offset = len(local) + len(data)
                return local + data + central + b'PK\5\6' + struct.pack('<HHHHIIH', 0, 0, 1, 1, len(central), offset, 0)
            for suffix, bytes in ('good', data), ('long', data + b'\0'), ('longer', data + b'\0' * 9000), ('short', data[:-1]):
                open(sys.argv[2] + suffix, 'wb').write(archive(bytes))
            """, _files["raspios.img"], _files["image."]);
        _files.AssertReads(_content, _files["image.good"], ImageFormat.Zip, usesScratch: true);
        _files.AssertRefused(_files["image.long"], "CorruptZip", "end before");
        _files.AssertRefused(_files["image.longer"], "CorruptZip", "end before");
        _files.AssertRefused(_files["image.short"], "CorruptZip", "cut short");
    }

    [Theory]
    [InlineData("-9")]
    [InlineData("-0")]
    public void Damage_is_refused_or_gives_the_same_bytes(string level)
    {
        byte[] content = PackedFiles.Content(30_000);
        _files.Write("raspios.img", content);
        string path = _files.Make("image.zip", $"zip -q {level} image.zip 'read me.txt' raspios.img");
        _files.AssertSurvivesDamage(content, path, ImageFormat.Zip, Seeds.Count);
    }
}
