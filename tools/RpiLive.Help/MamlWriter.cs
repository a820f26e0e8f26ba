using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace RpiLive.Help;

/// <summary>Writes the help of commands in the schema that Get-Help reads (maml/dev/command/2004/10).</summary>
internal static class MamlWriter
{
    private static readonly XNamespace s_maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace s_command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace s_dev = "http://schemas.microsoft.com/maml/dev/2004/10";
    private static readonly XNamespace s_items = "http://msh";

    /// <summary>Writes one help file for several commands.</summary>
    public static void Write(string path, IReadOnlyList<CommandHelp> commands)
    {
        XElement items = new(
            s_items + "helpItems",
            new XAttribute("schema", "maml"),
            new XAttribute(XNamespace.Xmlns + "maml", s_maml),
            new XAttribute(XNamespace.Xmlns + "command", s_command),
            new XAttribute(XNamespace.Xmlns + "dev", s_dev),
            commands.Select(Command));
        XmlWriterSettings settings = new() { Indent = true, Encoding = new UTF8Encoding(false), NewLineChars = "\n" };
        using XmlWriter writer = XmlWriter.Create(path, settings);
        items.WriteTo(writer);
    }

    private static XElement Command(CommandHelp help)
    {
        string[] name = help.Name.Split('-', 2);
        return new XElement(
            s_command + "command",
            new XElement(
                s_command + "details",
                new XElement(s_command + "name", help.Name),
                new XElement(s_command + "verb", name[0]),
                new XElement(s_command + "noun", name[^1]),
                Description(help.Synopsis)),
            Description(help.Description),
            new XElement(s_command + "syntax", help.ParameterSets.Select(set => Syntax(help, set))),
            new XElement(s_command + "parameters", help.Parameters.Select(parameter => Parameter(parameter, parameter.Sets[0]))),
            new XElement(s_command + "inputTypes", help.Inputs.Select(section => Typed("inputType", section))),
            new XElement(s_command + "returnValues", help.Outputs.Select(section => Typed("returnValue", section))),
            new XElement(s_maml + "alertSet", new XElement(s_maml + "alert", Paragraphs(help.Notes))),
            new XElement(s_command + "examples", help.Examples.Select(Example)),
            new XElement(s_command + "relatedLinks", help.Links.Select(Link)));
    }

    private static XElement Syntax(CommandHelp help, string set) => new(
        s_command + "syntaxItem",
        new XElement(s_maml + "name", help.Name),
        help.Parameters
            .Select(parameter => (Parameter: parameter, Set: parameter.In(set)))
            .Where(entry => entry.Set is not null)
            .OrderBy(entry => entry.Set!.Position, StringComparer.Ordinal)
            .ThenByDescending(entry => entry.Set!.IsRequired)
            .Select(entry => Parameter(entry.Parameter, entry.Set!)));

    private static XElement Parameter(ParameterHelp parameter, ParameterSetHelp set)
    {
        XElement element = new(
            s_command + "parameter",
            new XAttribute("required", set.IsRequired),
            new XAttribute("variableLength", parameter.Type.EndsWith("[]", StringComparison.Ordinal)),
            new XAttribute("globbing", parameter.Wildcards),
            new XAttribute("pipelineInput", PipelineInput(set)),
            new XAttribute("position", set.Position.ToLowerInvariant()),
            new XAttribute("aliases", parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases)),
            new XElement(s_maml + "name", parameter.Name),
            Description(parameter.Description));
        if (parameter.AcceptedValues.Count > 0)
        {
            element.Add(new XElement(
                s_command + "parameterValueGroup",
                parameter.AcceptedValues.Select(value => new XElement(s_command + "parameterValue", new XAttribute("required", false), value))));
        }
        if (!parameter.IsSwitch)
            element.Add(new XElement(s_command + "parameterValue", new XAttribute("required", true), parameter.ShortType));
        element.Add(
            new XElement(s_dev + "type", new XElement(s_maml + "name", parameter.ShortType)),
            new XElement(s_dev + "defaultValue", parameter.DefaultValue.Length == 0 ? "None" : parameter.DefaultValue));
        return element;
    }

    private static string PipelineInput(ParameterSetHelp set) => (set.ByValue, set.ByPropertyName) switch
    {
        (true, true) => "true (ByValue, ByPropertyName)",
        (true, false) => "true (ByValue)",
        (false, true) => "true (ByPropertyName)",
        _ => "false",
    };

    private static XElement Typed(string element, Section section) => new(
        s_command + element,
        new XElement(s_dev + "type", new XElement(s_maml + "name", section.Title)),
        Description(section.Paragraphs()));

    private static XElement Example(Section section) => new(
        s_command + "example",
        new XElement(s_maml + "title", $"---------- {section.Title} ----------"),
        new XElement(s_dev + "code", string.Join('\n', section.Code("powershell").Concat(Output(section)))),
        new XElement(s_dev + "remarks", Paragraphs(section.Paragraphs())));

    private static IEnumerable<string> Output(Section section) => section.Code("Output") is { Count: > 0 } output ? output.Prepend("") : [];

    private static XElement Link(string text) => new(
        s_maml + "navigationLink",
        new XElement(s_maml + "linkText", text),
        new XElement(s_maml + "uri"));

    private static XElement Description(IEnumerable<string> paragraphs) => new(s_maml + "description", Paragraphs(paragraphs));

    private static IEnumerable<XElement> Paragraphs(IEnumerable<string> paragraphs) =>
        paragraphs.Select(text => new XElement(s_maml + "para", text));
}
