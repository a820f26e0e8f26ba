using System.Management.Automation;
using System.Management.Automation.Language;

namespace RpiLive.Completion;

/// <summary>Words of completion as PowerShell has to read them.</summary>
internal static class Quoting
{
    /// <summary>What was typed so far, without the quotes around it.</summary>
    public static string Unquote(string word) => word.Trim('\'', '"');

    /// <summary>Offers <paramref name="text"/>, in quotes where it would not be one word without.</summary>
    public static CompletionResult Offer(string text, string? toolTip = null)
    {
        bool plain = text.Length > 0 && text[0] is not ('-' or '@' or '#' or '<' or '>')
            && !text.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter) || "'\"`$;|&(){},‘’‚‛“”„".Contains(letter, StringComparison.Ordinal));
        string word = plain ? text : $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'", shown = text.Length > 0 ? text : word;
        return new CompletionResult(word, shown, CompletionResultType.ParameterValue, toolTip ?? shown);
    }
}
