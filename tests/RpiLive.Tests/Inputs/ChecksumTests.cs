using System.Globalization;
using RpiLive.Core.Checksums;
using RpiLive.Core.Inputs;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Inputs;

public sealed class ChecksumTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(1000)]
    [InlineData(100_003)]
    public void Both_are_those_of_zlib_and_zstd_in_pieces_of_any_size(int length)
    {
        Tools.Require("python3", "zstd");
        using TemporaryFolder folder = new();
        byte[] content = PackedFiles.Content(length);
        File.WriteAllBytes(folder["content"], content);
        uint crc = uint.Parse(Tools.Run("python3", "-c", "import sys, zlib; print(zlib.crc32(open(sys.argv[1], 'rb').read()))", folder["content"]), CultureInfo.InvariantCulture);
        Tools.Shell($"zstd -q --check {folder["content"]}");
        uint xxh = BitConverter.ToUInt32(File.ReadAllBytes(folder["content.zst"]).AsSpan()[^4..]);

        Assert.Equal(crc, Crc32.Update(0, content));
        Random random = new(length);
        uint pieces = 0;
        Xxh64 hash = new();
        for (int offset = 0; offset < length;)
        {
            ReadOnlySpan<byte> piece = content.AsSpan(offset, Math.Min(random.Next(70), length - offset));
            pieces = Crc32.Update(pieces, piece);
            hash.Append(piece);
            offset += piece.Length;
        }
        Assert.Equal(crc, pieces);
        Assert.Equal(xxh, (uint)hash.Finish());
    }
}
