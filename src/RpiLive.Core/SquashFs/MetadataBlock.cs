namespace RpiLive.Core.SquashFs;

/// <summary>An unpacked metadata block.</summary>
/// <param name="Content">Its 1 to 8,192 bytes.</param>
/// <param name="Next">Position behind it, where the next block of the same table lies.</param>
internal sealed record MetadataBlock(byte[] Content, long Next)
{
    public ReadOnlySpan<byte> Bytes => Content;
}
