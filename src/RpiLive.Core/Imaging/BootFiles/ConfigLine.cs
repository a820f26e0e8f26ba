using System.Text;

namespace RpiLive.Core.Imaging.BootFiles;

/// <summary>One line of config.txt, kept byte for byte.</summary>
internal sealed class ConfigLine
{
    /// <summary>The keys whose value follows a space and not an equals sign.</summary>
    private static readonly string[] s_commands = ["initramfs", "include"];

    /// <param name="bytes">The line with its end.</param>
    public ConfigLine(ReadOnlySpan<byte> bytes)
    {
        Bytes = bytes.ToArray();
        string text = Encoding.UTF8.GetString(bytes.Trim(" \t\r\n"u8));
        if (text.StartsWith('['))
        {
            int end = text.IndexOf(']');
            Filter = end < 0 ? text[1..] : text[1..end];
            return;
        }
        if (text.Length == 0 || text[0] == '#')
            return;
        foreach (string command in s_commands)
        {
            if (text.Length > command.Length && text.StartsWith(command, StringComparison.Ordinal) && text[command.Length] is ' ' or '\t')
            {
                Key = command;
                Value = text[command.Length..].Trim();
                return;
            }
        }
        int equals = text.IndexOf('=');
        Key = equals < 0 ? text : text[..equals].TrimEnd();
        Value = equals < 0 ? "" : text[(equals + 1)..].TrimStart();
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>What stands between the brackets; null when the line is no filter.</summary>
    public string? Filter { get; }

    /// <summary>Null on filters, comments and empty lines.</summary>
    public string? Key { get; }

    public string Value { get; } = "";

    /// <summary>The line without blanks around it.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes.Span.Trim(" \t\r\n"u8));

    public bool HasEnd => Bytes.Length > 0 && Bytes.Span[^1] == (byte)'\n';
}
