using System.Globalization;
using System.Text;
using System.Xml;
using RpiLive.Core.Streams;
using RpiLive.Core.Testing;

namespace RpiLive.Reporting;

/// <summary>
/// Test reports as build servers read them: a suite an image, a case a check, in the form that the JUnit task of Ant writes.
/// A warning is a passed case with its text in system-out, as the form knows none.
/// </summary>
internal static class JUnitReport
{
    /// <summary>Writes the file; it appears whole or not at all.</summary>
    /// <param name="path">Full path; a file there is replaced.</param>
    /// <param name="reports">The reports.</param>
    /// <param name="untested">Images that could not be tested, and why.</param>
    /// <exception cref="Core.Errors.ImageException">It cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<RpiLiveTestReport> reports, IReadOnlyList<(string Name, string Message)> untested)
    {
        using MemoryStream text = new();
        using (XmlWriter xml = XmlWriter.Create(text, new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(false), NewLineChars = "\n" }))
        {
            xml.WriteStartElement("testsuites");
            WriteCounts(xml, [.. reports.SelectMany(report => report.Checks)], untested.Count, reports.Sum(report => report.DurationSeconds));
            foreach (RpiLiveTestReport report in reports)
                WriteSuite(xml, report);
            foreach ((string name, string message) in untested)
                WriteUntested(xml, name, message);
            xml.WriteEndElement();
        }
        using DestinationFile file = new(path, overwrite: true);
        file.Target.Write(0, text.ToArray());
        file.Commit();
    }

    private static void WriteSuite(XmlWriter xml, RpiLiveTestReport report)
    {
        xml.WriteStartElement("testsuite");
        Attribute(xml, "name", report.Name);
        WriteCounts(xml, report.Checks, errors: 0, report.DurationSeconds);
        foreach (RpiLiveCheck check in report.Checks)
        {
            xml.WriteStartElement("testcase");
            Attribute(xml, "classname", $"{report.Name}.{check.Category}");
            Attribute(xml, "name", check.Subject is null ? check.Id : $"{check.Id} ({check.Subject})");
            switch (check.Result)
            {
                case nameof(CheckResult.Failed):
                    xml.WriteStartElement("failure");
                    Attribute(xml, "message", check.Message);
                    Attribute(xml, "type", check.Id);
                    xml.WriteString(Clean(check.Action ?? ""));
                    xml.WriteEndElement();
                    break;
                case nameof(CheckResult.Skipped):
                    xml.WriteStartElement("skipped");
                    Attribute(xml, "message", check.Message);
                    xml.WriteEndElement();
                    break;
                case nameof(CheckResult.Warning):
                    xml.WriteElementString("system-out", Clean($"Warning: {check.Message} {check.Action}"));
                    break;
                default:
                    xml.WriteElementString("system-out", Clean(check.Message));
                    break;
            }
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    private static void WriteUntested(XmlWriter xml, string name, string message)
    {
        xml.WriteStartElement("testsuite");
        Attribute(xml, "name", name);
        WriteCounts(xml, [], errors: 1, 0);
        xml.WriteStartElement("testcase");
        Attribute(xml, "classname", name);
        Attribute(xml, "name", "Test-RpiLiveImage");
        xml.WriteStartElement("error");
        Attribute(xml, "message", message);
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void WriteCounts(XmlWriter xml, IReadOnlyList<RpiLiveCheck> checks, int errors, double seconds)
    {
        Attribute(xml, "tests", Number(checks.Count + errors));
        Attribute(xml, "failures", Number(checks.Count(check => check.Result == nameof(CheckResult.Failed))));
        Attribute(xml, "errors", Number(errors));
        Attribute(xml, "skipped", Number(checks.Count(check => check.Result == nameof(CheckResult.Skipped))));
        Attribute(xml, "time", seconds.ToString("0.000", CultureInfo.InvariantCulture));
    }

    private static void Attribute(XmlWriter xml, string name, string value) => xml.WriteAttributeString(name, Clean(value));

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Without what XML cannot hold: names in a damaged image can have any character.</summary>
    private static string Clean(string text)
    {
        StringBuilder clean = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]))
                clean.Append(text[i]).Append(text[++i]);
            else
                clean.Append(XmlConvert.IsXmlChar(text[i]) ? text[i] : '\uFFFD');
        }
        return clean.ToString();
    }
}
