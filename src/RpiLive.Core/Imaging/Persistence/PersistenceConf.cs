using RpiLive.Core.Errors;

namespace RpiLive.Core.Imaging.Persistence;

/// <summary>
/// live-boot's persistence.conf: lines <c>DIRECTORY [OPTION[,OPTION]…]</c> with the options bind, union, source=PATH and link. See
/// persistence.conf(5) of Debian's live-boot-doc.
/// </summary>
public static class PersistenceConf
{
    /// <summary>The name of the file at the root of a volume.</summary>
    public const string FileName = "persistence.conf";

    /// <summary>The most bytes of a file.</summary>
    public const int MaxLength = 64 << 10;

    private const string Source = "source=";

    /// <summary>Reads the lines.</summary>
    /// <param name="text">The content.</param>
    /// <param name="file">What errors call it.</param>
    /// <exception cref="ImageException"><see cref="ErrorIds.PersistenceConfInvalid"/>, <see cref="ErrorIds.PersistenceConfLink"/>.</exception>
    public static IReadOnlyList<PersistenceConfEntry> Parse(string text, string file)
    {
        List<PersistenceConfEntry> entries = [];
        int number = 0;
        foreach (string raw in text.TrimStart('\uFEFF').Split('\n'))
        {
            number++;
            string[] words = raw.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0 || words[0].StartsWith('#'))
                continue;
            entries.Add(ReadLine(words, $"{file}, line {number}"));
        }
        return entries.Count > 0 ? entries : throw Invalid(file, "has no directory in it");
    }

    private static PersistenceConfEntry ReadLine(string[] words, string where)
    {
        if (words.Length > 2)
            throw Invalid(where, $"'{words[2]}' is one word too many: a line is a directory and its options, parted by commas");
        string[] options = words.Length == 1 ? [] : words[1].Split(',', StringSplitOptions.RemoveEmptyEntries);
        // live-boot takes a path with slashes too many.
        string directory = "/" + string.Join('/', words[0].Split('/', StringSplitOptions.RemoveEmptyEntries));
        if (!words[0].StartsWith('/'))
            throw Invalid(where, $"'{words[0]}' is not an absolute path");
        string? source = null;
        bool union = false, bind = false;
        foreach (string option in options)
        {
            switch (option)
            {
                case "union":
                    union = true;
                    break;
                case "bind":
                    bind = true;
                    break;
                case "link":
                    throw KeepErrors.Request(ErrorIds.PersistenceConfLink, where,
                        $"{directory} has the option link, which puts links to single files into a directory of the image: what a program replaces by renaming, as most do, would no longer be kept",
                        "Use bind or union for the directory.");
                case var _ when option.StartsWith(Source, StringComparison.Ordinal):
                    source = ReadSource(option[Source.Length..], where);
                    break;
                default:
                    throw Invalid(where, $"'{option}' is not an option; those are bind, union and source=PATH");
            }
        }
        return union && bind
            ? throw Invalid(where, $"{directory} has the options union and bind, which exclude each other")
            : new PersistenceConfEntry(directory, union ? KeepMode.Overlay : KeepMode.Bind, source);
    }

    private static string ReadSource(string source, string where)
    {
        if (source.Length == 0 || source.StartsWith('/') || source.Split('/').Contains(".."))
            throw Invalid(where, $"source={source} does not lead to a place on the volume: it is a path from the root of the volume, without a first slash and without ..");
        return source;
    }

    private static ImageException Invalid(string where, string what) => KeepErrors.Request(
        ErrorIds.PersistenceConfInvalid, where, what, "Correct the line; man persistence.conf of live-boot tells the form.");
}
