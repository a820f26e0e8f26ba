using System.Text.RegularExpressions;
using RpiLive.Errors;

namespace RpiLive.Tests.Module;

/// <summary>The table of errors, the source and about_RpiLive_Errors say the same.</summary>
public sealed partial class ErrorTableTests
{
    /// <summary>
    /// Ids that never leave the engine: of what is under test, which become checks of Test-RpiLiveImage, and of the codecs, which become
    /// errors of what was packed.
    /// </summary>
    private static readonly string[] s_inside = ["CorruptCodec", "CorruptCpio", "CorruptOverlay", "UnsupportedCpio"];

    private static IEnumerable<ErrorKind> Kinds => ErrorTable.Sections.SelectMany(section => section.Kinds);

    [Fact]
    public void Ids_are_unique_and_texts_are_sentences()
    {
        Assert.Equal(Kinds.Count(), Kinds.DistinctBy(kind => kind.Id).Count());
        Assert.All(Kinds, kind =>
        {
            Assert.Matches("^[A-Z][A-Za-z0-9]+$", kind.Id);
            Assert.Matches(@"^[A-Z].*[^.]\.$", kind.Meaning);
            Assert.Matches(@"^[A-Z].*[^.]\.$", kind.Action);
        });
    }

    [Fact]
    public void Every_id_of_the_source_has_an_entry_and_every_entry_is_used()
    {
        string[] used = [.. IdsOfSource().Distinct().Except(s_inside).Order(StringComparer.Ordinal)];
        Assert.Equal(used, Kinds.Select(kind => kind.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_topic_tells_every_error_as_the_table_does()
    {
        string topic = File.ReadAllText(Path.Join(Path.GetDirectoryName(Subjects.Module), "en-US", "about_RpiLive_Errors.help.txt"));
        string[] entries = [.. Entry().Matches(topic.ReplaceLineEndings("\n")).Select(match => Blank().Replace(match.Value.Trim(), " "))];
        Assert.Equal(Kinds.Select(kind => $"{kind.Id} ({kind.Category}) {kind.Meaning} {kind.Action}"), entries);
        Assert.All(ErrorTable.Sections, section => Assert.Contains($"\n{section.Title.ToUpperInvariant()}\n", topic.ReplaceLineEndings("\n"), StringComparison.Ordinal));
    }

    /// <summary>What can become an error: constants of ErrorIds, names of CommandErrors, formats that are corrupt or unsupported.</summary>
    private static IEnumerable<string> IdsOfSource()
    {
        string[] files = [.. Directory.EnumerateFiles(Path.Join(Subjects.Repository, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal) && Path.GetFileName(file) != "ErrorTable.cs")];
        foreach (string file in files)
        {
            string text = File.ReadAllText(file);
            foreach (Match match in Constant().Matches(text))
                yield return match.Groups[1].Value;
            foreach (Match match in Written().Matches(text))
                yield return string.Concat(match.Groups.Values.Skip(1).Select(group => group.Value));
            if (Path.GetFileName(file) == "CommandErrors.cs")
            {
                foreach (Match match in OfCommands().Matches(text))
                    yield return match.Groups[1].Value;
            }
            string? own = FormatOf().Match(text) is { Success: true } format ? format.Groups[1].Value
                : text.Contains("FatBootSector.Format", StringComparison.Ordinal) ? "Fat"
                : text.Contains("SquashFsFormat.Name", StringComparison.Ordinal) ? "SquashFs" : null;
            foreach (Match match in ByFormat().Matches(text))
                yield return match.Groups[1].Value + Assert.IsType<string>(own);
        }
    }

    [GeneratedRegex(@"\bErrorIds\.([A-Z]\w+)(?=,)")]
    private static partial Regex Constant();

    [GeneratedRegex(@"nameof\((\w+)\), ")]
    private static partial Regex OfCommands();

    [GeneratedRegex("""\b(Corrupt|Unsupported)\(\s*"(\w+)",|"(Corrupt|Unsupported)([A-Z]\w+)",""")]
    private static partial Regex Written();

    [GeneratedRegex(@"\b(Corrupt|Unsupported)\(\s*(?:Format|FatBootSector\.Format|SquashFsFormat\.Name),")]
    private static partial Regex ByFormat();

    [GeneratedRegex("const string (?:Format|Name) = \"(\\w+)\"")]
    private static partial Regex FormatOf();

    [GeneratedRegex(@"^    [A-Z]\w+ \(\w+\)\n(?:^        .*\n)+", RegexOptions.Multiline)]
    private static partial Regex Entry();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();
}
