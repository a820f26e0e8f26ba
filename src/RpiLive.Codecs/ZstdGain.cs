namespace RpiLive.Codecs;

/// <summary>Tells blocks that are packed already, on which a high level spends its time for nothing.</summary>
internal static class ZstdGain
{
    /// <summary>One part in so many.</summary>
    private const int WorthwhilePart = 64;

    /// <summary>True when a fast level has made so much of a block that a high one is worth its time.</summary>
    /// <param name="length">Bytes of the block.</param>
    /// <param name="packed">What the fast level made of it; 0 where it gained nothing.</param>
    public static bool IsWorthwhile(int length, int packed) => packed > 0 && length - packed >= length / WorthwhilePart;
}
