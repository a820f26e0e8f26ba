using System.Globalization;

namespace RpiLive.Core.Imaging.BootFiles;

/// <summary>
/// Which section filters of config.txt match on one board. Filters of one kind replace each other, filters of different
/// kinds combine, <c>[all]</c> clears them; a filter that is not known to match does not (Raspberry Pi documentation,
/// "Conditional filters").
/// </summary>
public sealed class BoardFilters
{
    private readonly HashSet<string> _matching;
    private readonly int? _boardType;

    /// <summary>Describes a board, or a board in a certain state.</summary>
    /// <param name="boardType">The type field of its revision code, for <c>[board-type=…]</c>; null when unknown.</param>
    /// <param name="matching">
    /// The filters that match, as they stand between the brackets: <c>pi4</c>, <c>cm4</c>, <c>tryboot</c>, <c>gpio4=1</c>,
    /// <c>EDID=VSC-TD2220</c> …
    /// </param>
    public BoardFilters(int? boardType, params IEnumerable<string> matching)
    {
        _boardType = boardType;
        _matching = new(matching, StringComparer.Ordinal);
    }

    /// <summary>Models 1A, 1B, 1A+ and 1B+ and Compute Module 1.</summary>
    public static BoardFilters Pi1 { get; } = new(null, "pi1");

    /// <summary>Zero.</summary>
    public static BoardFilters Zero { get; } = new(0x09, "pi0");

    /// <summary>Zero W.</summary>
    public static BoardFilters ZeroW { get; } = new(0x0C, "pi0", "pi0w");

    /// <summary>Zero 2 W.</summary>
    public static BoardFilters Zero2W { get; } = new(0x12, "pi0", "pi0w", "pi02");

    /// <summary>Model 2B.</summary>
    public static BoardFilters Pi2 { get; } = new(0x04, "pi2");

    /// <summary>Model 3B.</summary>
    public static BoardFilters Pi3 { get; } = new(0x08, "pi3");

    /// <summary>Model 3B+.</summary>
    public static BoardFilters Pi3Plus { get; } = new(0x0D, "pi3", "pi3+");

    /// <summary>Model 4B.</summary>
    public static BoardFilters Pi4 { get; } = new(0x11, "pi4");

    /// <summary>Pi 400.</summary>
    public static BoardFilters Pi400 { get; } = new(0x13, "pi4", "pi400");

    /// <summary>Compute Module 4.</summary>
    public static BoardFilters ComputeModule4 { get; } = new(0x14, "pi4", "cm4");

    /// <summary>Pi 5.</summary>
    public static BoardFilters Pi5 { get; } = new(0x17, "pi5");

    /// <summary>Pi 500.</summary>
    public static BoardFilters Pi500 { get; } = new(0x19, "pi5", "pi500");

    /// <summary>Compute Module 5.</summary>
    public static BoardFilters ComputeModule5 { get; } = new(0x18, "pi5", "cm5");

    /// <summary>This board, with more filters that match, such as <c>tryboot</c>.</summary>
    public BoardFilters With(params IEnumerable<string> matching) => new(_boardType, _matching.Concat(matching));

    /// <summary>True when the text between the brackets matches; not for <c>all</c>, which is no condition.</summary>
    internal bool Matches(string filter)
    {
        const string BoardType = "board-type=";
        if (_boardType is { } type && filter.StartsWith(BoardType, StringComparison.Ordinal))
            return Number(filter.AsSpan(BoardType.Length)) == type;
        return filter != "none" && _matching.Contains(filter);
    }

    /// <summary>What kind a filter is of: a later one of the same kind takes its place.</summary>
    internal static string Kind(string filter)
    {
        int end = filter.IndexOfAny(['=', '<', '>', '&', '!', ':']);
        if (end >= 0)
            return filter[..end];
        return filter.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? "serial" : filter == "tryboot" ? filter : "model";
    }

    private static int? Number(ReadOnlySpan<char> text)
    {
        bool hexadecimal = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return int.TryParse(hexadecimal ? text[2..] : text, hexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None,
            CultureInfo.InvariantCulture, out int number) ? number : null;
    }
}
