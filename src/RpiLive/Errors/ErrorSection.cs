namespace RpiLive.Errors;

/// <summary>Errors of one theme, in the order in which about_RpiLive_Errors tells them.</summary>
/// <param name="Title">Title of the section.</param>
/// <param name="Kinds">Its errors.</param>
internal sealed record ErrorSection(string Title, IReadOnlyList<ErrorKind> Kinds);
