using System.Management.Automation;

namespace RpiLive.Host;

/// <summary>Shows progress: one line that is written over on a terminal, a line now and then in a log.</summary>
internal sealed class ProgressLine(TextWriter writer, bool redirected, TimeProvider clock)
{
    private static readonly TimeSpan s_logInterval = TimeSpan.FromSeconds(10);

    private bool _visible;
    private long _lastLogged;

    /// <summary>Shows the state that a record tells, or takes the line away when its work is complete.</summary>
    public void Show(ProgressRecord record)
    {
        if (record.RecordType == ProgressRecordType.Completed)
            Clear();
        else if (redirected)
            Log(record);
        else
            Overwrite(record);
    }

    /// <summary>Takes the line away, so that other text can be written.</summary>
    public void Clear()
    {
        if (!_visible)
            return;
        writer.Write("\r\e[K");
        _visible = false;
    }

    private void Log(ProgressRecord record)
    {
        if (_lastLogged != 0 && clock.GetElapsedTime(_lastLogged) < s_logInterval)
            return;
        _lastLogged = clock.GetTimestamp();
        writer.WriteLine(TextOf(record));
    }

    private void Overwrite(ProgressRecord record)
    {
        string text = TextOf(record);
        int width = TerminalSize.Columns - 1;
        writer.Write($"\r{(text.Length > width ? text[..width] : text)}\e[K");
        _visible = true;
    }

    private static string TextOf(ProgressRecord record)
    {
        string percent = record.PercentComplete >= 0 ? $"{record.PercentComplete,3} % " : "";
        string left = record.SecondsRemaining >= 0 ? $", {TimeSpan.FromSeconds(record.SecondsRemaining):h\\:mm\\:ss} left" : "";
        return $"{percent}{record.Activity}: {record.StatusDescription}{left}";
    }
}
