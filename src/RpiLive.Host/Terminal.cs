using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace RpiLive.Host;

/// <summary>Output goes to standard output; everything said about the work goes to standard error.</summary>
internal sealed class Terminal : PSHostUserInterface
{
    private readonly ProgressLine _progress = new(Console.Error, Console.IsErrorRedirected, TimeProvider.System);

    /// <summary>True once an error was shown to the user; errors that a command handled are none.</summary>
    public bool ErrorShown { get; private set; }

    public override PSHostRawUserInterface RawUI { get; } = new TerminalSize();

    public override bool SupportsVirtualTerminal { get; } =
        !Console.IsOutputRedirected && !Console.IsErrorRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") != "dumb";

    public void EndProgress() => _progress.Clear();

    public override void Write(string value) => WriteTo(Console.Out, value);

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => WriteTo(Console.Out, value);

    public override void WriteLine(string value) => WriteTo(Console.Out, value + Environment.NewLine);

    public override void WriteErrorLine(string value)
    {
        ErrorShown = true;
        WriteTo(Console.Error, value + Environment.NewLine);
    }

    public override void WriteWarningLine(string message) => WriteTo(Console.Error, $"WARNING: {message}{Environment.NewLine}");

    public override void WriteVerboseLine(string message) => WriteTo(Console.Error, $"VERBOSE: {message}{Environment.NewLine}");

    public override void WriteDebugLine(string message) => WriteTo(Console.Error, $"DEBUG: {message}{Environment.NewLine}");

    public override void WriteProgress(long sourceId, ProgressRecord record) => _progress.Show(record);

    public override string ReadLine() => Console.In.ReadLine() ?? "";

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        if (Console.IsInputRedirected)
            throw new HostException($"'{message}' cannot be asked, as nobody is at the terminal; give -Confirm:$false or -Force.");
        WriteTo(Console.Error, caption + Environment.NewLine + message + Environment.NewLine);
        while (true)
        {
            string options = string.Join("  ", choices.Select((choice, index) => $"[{Key(choice)}] {choice.Label.Replace("&", "")}{(index == defaultChoice ? " (default)" : "")}"));
            WriteTo(Console.Error, options + ": ");
            string answer = ReadLine().Trim();
            if (answer.Length == 0 && defaultChoice >= 0)
                return defaultChoice;
            for (int i = 0; i < choices.Count; i++)
            {
                if (answer.Equals(Key(choices[i]), StringComparison.OrdinalIgnoreCase)
                    || answer.Equals(choices[i].Label.Replace("&", ""), StringComparison.OrdinalIgnoreCase))
                    return i;
            }
        }
    }

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
        throw new HostException($"Give {string.Join(" and ", descriptions.Select(field => "-" + field.Name))} on the command line; this host does not ask.");

    public override SecureString ReadLineAsSecureString() => throw NoCredentials();

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) => throw NoCredentials();

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) =>
        throw NoCredentials();

    private void WriteTo(TextWriter writer, string text)
    {
        _progress.Clear();
        writer.Write(GetOutputString(text, SupportsVirtualTerminal));
    }

    private static string Key(ChoiceDescription choice)
    {
        int mark = choice.Label.IndexOf('&', StringComparison.Ordinal);
        return mark >= 0 && mark + 1 < choice.Label.Length ? choice.Label[mark + 1].ToString() : choice.Label;
    }

    private static HostException NoCredentials() => new("This host does not ask for passwords.");
}
