using System.Globalization;
using System.Text;
using RpiLive.Core.Errors;

namespace RpiLive.Core.Debian.Archive;

/// <summary>
/// A Release file of a suite (Debian repository format, wiki.debian.org/DebianRepository/Format). MD5 and SHA-1 are not read.
/// </summary>
public sealed class ReleaseFile
{
    /// <summary>The most files that a Release file may list; Debian's list 2,000.</summary>
    public const int MaxEntries = 200_000;

    /// <summary>The most bytes of a field that is not a list of files.</summary>
    private const int MaxFieldLength = 1 << 16;

    private static readonly string[] s_dateFormats = ["d MMM yyyy HH:mm:ss 'UTC'", "d MMM yyyy HH:mm:ss 'GMT'", "d MMM yyyy HH:mm:ss '+0000'"];

    private readonly Dictionary<string, string> _fields;

    private ReleaseFile(Dictionary<string, string> fields, IReadOnlyDictionary<string, ReleaseEntry> files, string name)
    {
        _fields = fields;
        Files = files;
        Date = DateOf("Date", name) ?? throw ReleaseErrors.Corrupt(name, "it has no Date");
        ValidUntil = DateOf("Valid-Until", name);
    }

    /// <summary>The suite, such as <c>stable-security</c>; empty where the file has none.</summary>
    public string Suite => Field("Suite");

    /// <summary>The codename, such as <c>trixie-security</c>; empty where the file has none.</summary>
    public string Codename => Field("Codename");

    /// <summary>When the file was made.</summary>
    public DateTimeOffset Date { get; }

    /// <summary>Until when it is to be used; null for no limit.</summary>
    public DateTimeOffset? ValidUntil { get; }

    /// <summary>The components, as they stand there: those of Debian's security suites begin with <c>updates/</c>, their paths do not.</summary>
    public IReadOnlyList<string> Components => Field("Components").Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The architectures, among them <c>all</c> where it has indexes of its own.</summary>
    public IReadOnlyList<string> Architectures => Field("Architectures").Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>True when files can be had by their hash, whatever the mirror does meanwhile.</summary>
    public bool AcquireByHash => Field("Acquire-By-Hash") == "yes";

    /// <summary>True when packages of the architecture <c>all</c> are listed for each architecture, so that their own index is not needed.</summary>
    public bool ListsAllEverywhere => !Architectures.Contains("all")
        || Field("No-Support-for-Architecture-all").Split(' ').Contains("Packages");

    /// <summary>The files by path.</summary>
    public IReadOnlyDictionary<string, ReleaseEntry> Files { get; }

    /// <summary>Reads the text of a Release file.</summary>
    /// <param name="text">The text, verified.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="ImageException">
    /// <c>CorruptRelease</c>: a line that is none of the format, a field that comes twice, a date or a list of files that cannot be read, a
    /// path that leads elsewhere, two entries for one path that differ, or too much of anything.
    /// </exception>
    public static ReleaseFile Read(ReadOnlySpan<byte> text, string name)
    {
        Dictionary<string, string> fields = new(StringComparer.OrdinalIgnoreCase);
        Dictionary<string, ReleaseEntry> files = new(StringComparer.Ordinal);
        string? current = null;
        LineReader lines = new(text);
        while (lines.TryRead(out ReadOnlySpan<byte> bytes))
        {
            string line = Encoding.UTF8.GetString(bytes).TrimEnd();
            if (line.Length == 0)
                throw ReleaseErrors.Corrupt(name, "it has an empty line");
            if (line[0] is ' ' or '\t')
            {
                if (current is null)
                    throw ReleaseErrors.Corrupt(name, "it begins with the continuation of a field");
                if (current.Equals("SHA256", StringComparison.OrdinalIgnoreCase))
                    AddFile(files, line, name);
                continue;
            }
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || line.Length > MaxFieldLength)
                throw ReleaseErrors.Corrupt(name, $"'{MirrorPath.Printable(line)}' is no field");
            current = line[..colon];
            if (!fields.TryAdd(current, line[(colon + 1)..].Trim()))
                throw ReleaseErrors.Corrupt(name, $"it has the field {MirrorPath.Printable(current)} twice");
        }
        return new ReleaseFile(fields, files, name);
    }

    private static void AddFile(Dictionary<string, ReleaseEntry> files, string line, string name)
    {
        string[] parts = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 3 || !DownloadRequest.IsSha256(parts[0])
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long size) || size > DownloadRequest.MaxSize)
        {
            throw ReleaseErrors.Corrupt(name, $"'{MirrorPath.Printable(line.Trim())}' is no SHA-256, size and path");
        }
        if (!MirrorPath.IsSafe(parts[2]))
            throw ReleaseErrors.Corrupt(name, $"'{MirrorPath.Printable(parts[2])}' is no path below the suite");
        ReleaseEntry entry = new(parts[2], size, parts[0].ToLowerInvariant());
        if (!files.TryAdd(entry.Path, entry) && files[entry.Path] != entry)
            throw ReleaseErrors.Corrupt(name, $"it has two different entries for {entry.Path}");
        if (files.Count > MaxEntries)
            throw ReleaseErrors.Corrupt(name, $"it lists more than {MaxEntries:N0} files");
    }

    private string Field(string name) => _fields.GetValueOrDefault(name, "");

    /// <summary>The day of the week, which the rest of the date tells as well, is passed over.</summary>
    private DateTimeOffset? DateOf(string field, string name)
    {
        if (!_fields.TryGetValue(field, out string? text))
            return null;
        string date = text[(text.IndexOf(',', StringComparison.Ordinal) + 1)..];
        return DateTimeOffset.TryParseExact(date, s_dateFormats, CultureInfo.InvariantCulture,
            DateTimeStyles.AllowLeadingWhite | DateTimeStyles.AllowInnerWhite | DateTimeStyles.AssumeUniversal, out DateTimeOffset result)
            ? result
            : throw ReleaseErrors.Corrupt(name, $"its {field} '{MirrorPath.Printable(text)}' is no date of UTC");
    }
}
