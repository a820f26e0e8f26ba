namespace RpiLive.Core.Debian.Packages;

/// <summary>Text of an index as messages quote it.</summary>
internal static class Quotation
{
    private const int MaxLength = 80;

    /// <summary>At most 80 characters on one line.</summary>
    public static string Shorten(string text)
    {
        string line = text.Length > MaxLength ? string.Concat(text.AsSpan(0, MaxLength), "…") : text;
        return string.Create(line.Length, line, static (characters, source) =>
        {
            for (int i = 0; i < characters.Length; i++)
                characters[i] = char.IsControl(source[i]) ? ' ' : source[i];
        });
    }
}
