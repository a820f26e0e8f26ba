namespace RpiLive.Help;

/// <summary>One parameter as its page tells it.</summary>
internal sealed record ParameterHelp
{
    /// <summary>The set of a parameter that is in all of them.</summary>
    public const string AllSets = "(All)";

    /// <summary>Name without the dash.</summary>
    public required string Name { get; init; }

    /// <summary>What it does.</summary>
    public required IReadOnlyList<string> Description { get; init; }

    /// <summary>Full name of its type.</summary>
    public required string Type { get; init; }

    /// <summary>What holds without it; empty when there is nothing to say.</summary>
    public required string DefaultValue { get; init; }

    /// <summary>True when wildcards are expanded.</summary>
    public required bool Wildcards { get; init; }

    /// <summary>Other names.</summary>
    public required IReadOnlyList<string> Aliases { get; init; }

    /// <summary>The values that an enumeration has.</summary>
    public required IReadOnlyList<string> AcceptedValues { get; init; }

    /// <summary>Its part in every parameter set.</summary>
    public required IReadOnlyList<ParameterSetHelp> Sets { get; init; }

    /// <summary>True for a parameter that is given without a value.</summary>
    public bool IsSwitch => Type.EndsWith(".SwitchParameter", StringComparison.Ordinal);

    /// <summary>The type as syntax lines show it: <c>int</c>, <c>string[]</c>, <c>RootMode</c>.</summary>
    public string ShortType => Type switch
    {
        "System.Int32" => "int",
        "System.String" => "string",
        "System.String[]" => "string[]",
        _ => Type[(Type.LastIndexOf('.') + 1)..],
    };

    /// <summary>Reads a section of PARAMETERS: text, then the facts in a block of YAML.</summary>
    /// <exception cref="FormatException">A fact is missing.</exception>
    public static ParameterHelp Read(Section section)
    {
        Facts facts = Facts.Read(section);
        return new ParameterHelp
        {
            Name = section.Title.TrimStart('-'),
            Description = section.Paragraphs(),
            Type = facts.Value("Type"),
            DefaultValue = facts.Value("DefaultValue"),
            Wildcards = facts.Value("SupportsWildcards") == "true",
            Aliases = facts.List("Aliases"),
            AcceptedValues = facts.List("AcceptedValues"),
            Sets = [.. facts.Maps("ParameterSets").Select(map => new ParameterSetHelp(
                map["Name"], map["Position"], map["IsRequired"] == "true",
                map["ValueFromPipeline"] == "true", map["ValueFromPipelineByPropertyName"] == "true"))],
        };
    }

    /// <summary>Its part in a parameter set; null when it has none.</summary>
    public ParameterSetHelp? In(string set) => Sets.FirstOrDefault(entry => entry.Name == set || entry.Name == AllSets);
}
