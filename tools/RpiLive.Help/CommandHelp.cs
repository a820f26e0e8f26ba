using System.Text.RegularExpressions;

namespace RpiLive.Help;

/// <summary>The page of one command, in the form of Microsoft.PowerShell.PlatyPS 1.0.</summary>
internal sealed partial record CommandHelp
{
    private const string DefaultMark = "(Default)";

    /// <summary>Name of the command.</summary>
    public required string Name { get; init; }

    /// <summary>One sentence.</summary>
    public required IReadOnlyList<string> Synopsis { get; init; }

    /// <summary>What it does.</summary>
    public required IReadOnlyList<string> Description { get; init; }

    /// <summary>The names of the parameter sets, the default first.</summary>
    public required IReadOnlyList<string> ParameterSets { get; init; }

    /// <summary>The parameters in the order of the page.</summary>
    public required IReadOnlyList<ParameterHelp> Parameters { get; init; }

    /// <summary>The examples.</summary>
    public required IReadOnlyList<Section> Examples { get; init; }

    /// <summary>Types from the pipeline.</summary>
    public required IReadOnlyList<Section> Inputs { get; init; }

    /// <summary>Types to the pipeline.</summary>
    public required IReadOnlyList<Section> Outputs { get; init; }

    /// <summary>What else is good to know.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>The texts of the links.</summary>
    public required IReadOnlyList<string> Links { get; init; }

    /// <summary>Reads a page.</summary>
    /// <exception cref="FormatException">Something that a page must have is missing.</exception>
    public static CommandHelp Read(string path)
    {
        Section page = Section.Split(File.ReadAllLines(path), 1).FirstOrDefault() ?? throw new FormatException($"{path} has no heading.");
        Dictionary<string, Section> parts = Section.Split(page.Lines, 2).ToDictionary(section => section.Title);
        return new CommandHelp
        {
            Name = page.Title,
            Synopsis = Part("SYNOPSIS").Paragraphs(),
            Description = Part("DESCRIPTION").Paragraphs(),
            ParameterSets = [.. Nested("SYNTAX").Select(section => section.Title.Replace(DefaultMark, "", StringComparison.Ordinal).Trim())],
            Parameters = [.. Nested("PARAMETERS").Where(section => section.Title != "CommonParameters").Select(ParameterHelp.Read)],
            Examples = [.. Nested("EXAMPLES")],
            Inputs = [.. Nested("INPUTS")],
            Outputs = [.. Nested("OUTPUTS")],
            Notes = Part("NOTES").Paragraphs(),
            Links = [.. Part("RELATED LINKS").Lines.SelectMany(line => LinkText().Matches(line)).Select(match => match.Groups[1].Value)],
        };

        Section Part(string title) => parts.GetValueOrDefault(title) ?? throw new FormatException($"{path} has no section {title}.");
        IEnumerable<Section> Nested(string title) => Section.Split(Part(title).Lines, 3);
    }

    [GeneratedRegex(@"^\s*- \[([^\]]+)\]")]
    private static partial Regex LinkText();
}
