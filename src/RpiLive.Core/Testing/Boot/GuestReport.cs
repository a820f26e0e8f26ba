using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace RpiLive.Core.Testing.Boot;

/// <summary>What the live system itself says on its serial port, in lines with a checksum (report_line in 05-json.sh).</summary>
internal sealed class GuestReport
{
    /// <summary>What such a line starts with.</summary>
    public const string Mark = "@rpilive ";

    private const int HashLength = 64;

    private readonly Dictionary<string, JsonElement> _events = new(StringComparer.Ordinal);

    /// <summary>True once the kernel itself was heard.</summary>
    public bool HasKernel { get; private set; }

    /// <summary>True once the kernel gave up.</summary>
    public bool HasPanicked { get; private set; }

    /// <summary>Why the boot stopped, by its own words; null where it did not say.</summary>
    public string? Failure => Text(Event("failed"));

    /// <summary>The state that /init left, as in /run/rpilive/status.json; null where it did not get so far.</summary>
    public JsonElement? Boot => Event("boot");

    /// <summary>The state of the running system; null where it did not get so far.</summary>
    public JsonElement? System => Event("system");

    /// <summary>Takes a line of the serial port; others than those of a report do no harm.</summary>
    public void Take(string line)
    {
        HasKernel |= line.Contains("Linux version ", StringComparison.Ordinal) || line.Contains("Booting Linux", StringComparison.Ordinal);
        HasPanicked |= line.Contains("Kernel panic - not syncing", StringComparison.Ordinal);
        int start = line.IndexOf(Mark, StringComparison.Ordinal);
        if (start < 0 || line[(start + Mark.Length)..].TrimEnd().Split(' ', 3) is not [var name, { Length: HashLength } hash, var json])
            return;
        byte[] bytes = Encoding.Latin1.GetBytes(json);
        if (Convert.ToHexStringLower(SHA256.HashData(bytes)) != hash)
            return;
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            _events[name] = document.RootElement.Clone();
            HasKernel = true;
        }
        catch (JsonException)
        {
            // Whoever wrote it, it is no report.
        }
    }

    /// <summary>What an event brought; null where it did not come.</summary>
    public JsonElement? Event(string name) => _events.TryGetValue(name, out JsonElement value) ? value : null;

    /// <summary>The member at a path of names; null where there is none.</summary>
    public static JsonElement? Get(JsonElement? value, params ReadOnlySpan<string> path)
    {
        foreach (string name in path)
            value = value is { ValueKind: JsonValueKind.Object } item && item.TryGetProperty(name, out JsonElement child) ? child : null;
        return value;
    }

    /// <summary>A text; null where it is none.</summary>
    public static string? Text(JsonElement? value)
    {
        try
        {
            return value is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair.
            return null;
        }
    }

    /// <summary>The members of an array; none where it is none.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement? value) => value is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    /// <summary>A number; 0 where it is none.</summary>
    public static double Number(JsonElement? value) => value is { ValueKind: JsonValueKind.Number } number && number.TryGetDouble(out double result) ? result : 0;
}
