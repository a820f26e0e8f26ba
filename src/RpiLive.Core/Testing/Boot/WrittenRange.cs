namespace RpiLive.Core.Testing.Boot;

/// <summary>A part of the card that was written.</summary>
/// <param name="Offset">First byte.</param>
/// <param name="Length">Bytes.</param>
internal readonly record struct WrittenRange(long Offset, long Length)
{
    /// <summary>The byte behind it.</summary>
    public long End => Offset + Length;
}
