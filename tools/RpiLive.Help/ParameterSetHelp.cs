namespace RpiLive.Help;

/// <summary>How a parameter takes part in one parameter set.</summary>
internal sealed record ParameterSetHelp(string Name, string Position, bool IsRequired, bool ByValue, bool ByPropertyName);
