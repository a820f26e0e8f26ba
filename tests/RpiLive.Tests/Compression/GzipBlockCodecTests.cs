using System.Buffers.Binary;
using RpiLive.Core.Compression;
using RpiLive.Core.Errors;

namespace RpiLive.Tests.Compression;

public sealed class GzipBlockCodecTests : BlockCodecTests
{
    protected override IBlockCodec Codec { get; } = new GzipBlockCodec();

    [Fact]
    public void It_declares_what_mksquashfs_does() =>
        Assert.Equal(("gzip", 1, 9, 9), (Codec.Name, Codec.MinLevel, Codec.MaxLevel, Codec.DefaultLevel));

    [Fact]
    public void A_wrong_checksum_is_found()
    {
        byte[] packed = Pack(Text(5000), 9);
        uint sum = BinaryPrimitives.ReadUInt32BigEndian(packed.AsSpan(packed.Length - 4));
        BinaryPrimitives.WriteUInt32BigEndian(packed.AsSpan(packed.Length - 4), sum ^ 1);
        using IBlockDecompressor decompressor = Codec.CreateDecompressor();
        Assert.Equal("CorruptCodec", Assert.Throws<ImageException>(() => decompressor.Decompress(packed, new byte[5000])).ErrorId);
    }
}
