using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace RpiLive.Core.Imaging;

/// <summary>
/// The ids that a live image is known by at boot. They follow from the stock image and the options, so that the same work
/// gives the same bytes, while another image on the same machine has others.
/// </summary>
/// <param name="DiskId">32-bit id of the partition table, never 0.</param>
/// <param name="VolumeId">Volume id of the boot volume, never 0.</param>
internal readonly record struct LiveIdentity(uint DiskId, uint VolumeId)
{
    /// <summary>Derives the ids.</summary>
    public static LiveIdentity Derive(StockImage stock, LiveImageOptions options, string codec, int level)
    {
        string seed = string.Create(null, stackalloc char[256],
            $"rpilive {stock.DiskId:x8} {stock.RootVolume.Id} {stock.RootVolume.LastWriteTime.Seconds} {options.RootMode} {codec} {level} {options.BlockSize} "
            + $"{options.OnLowMemory} {options.UpperSize} {options.Reserve}");
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(seed));
        return new(BinaryPrimitives.ReadUInt32LittleEndian(hash) | 1, BinaryPrimitives.ReadUInt32LittleEndian(hash.AsSpan(4)) | 1);
    }
}
