namespace RpiLive.Building;

/// <summary>How fast bytes go by, and what that means for the rest.</summary>
/// <param name="Done">Bytes that are done.</param>
/// <param name="Total">Bytes in all; 0 when not known.</param>
/// <param name="Seconds">Since the first of them.</param>
internal readonly record struct Throughput(long Done, long Total, double Seconds)
{
    /// <summary>Bytes a second; 0 in the first second, which says nothing.</summary>
    public double Rate => Seconds < 1 ? 0 : Done / Seconds;

    /// <summary>From 0 to 1.</summary>
    public double Fraction => Total <= 0 ? 0 : Math.Clamp((double)Done / Total, 0, 1);

    /// <summary>Seconds to the end; -1, as progress records want it, when not known.</summary>
    public int SecondsRemaining => Rate > 0 && Total > 0 ? (int)Math.Min(Total * (1 - Fraction) / Rate, int.MaxValue) : -1;

    /// <summary>Done, total and rate behind what is done.</summary>
    public string Describe(string what)
    {
        string text = Total > 0 ? $"{what}: {ByteText.Of(Done)} of {ByteText.Of(Total)}" : what;
        return Rate > 0 ? $"{text}, {ByteText.Of(Rate)}/s" : text;
    }
}
