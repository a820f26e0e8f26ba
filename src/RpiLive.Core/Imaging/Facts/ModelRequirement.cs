using System.Globalization;

namespace RpiLive.Core.Imaging.Facts;

/// <summary>A board that an image must run on.</summary>
/// <param name="Model">The model.</param>
/// <param name="MemoryMiB">MiB of RAM.</param>
public sealed record ModelRequirement(PiModel Model, int MemoryMiB)
{
    /// <summary>
    /// Reads the name of a model, with or without its RAM: <c>Pi 4B 2GB</c>, <c>pi 4 2 GB</c>, <c>Pi Zero 2 W</c>. Blanks, case,
    /// "Raspberry" and the letter B at the end of a name may be left out.
    /// </summary>
    /// <param name="text">What the user wrote.</param>
    /// <returns>The boards meant, with every RAM where none is said; empty where there is no such board.</returns>
    public static IReadOnlyList<ModelRequirement> Parse(string text)
    {
        string squeezed = Squeeze(text);
        List<ModelRequirement> exact = [], loose = [];
        foreach (PiModel model in PiModels.All)
        {
            string name = Squeeze(model.Name);
            exact.AddRange(Match(model, name, squeezed));
            if (name.EndsWith('b'))
                loose.AddRange(Match(model, name[..^1], squeezed));
        }
        return exact.Count > 0 ? exact : loose;
    }

    /// <summary>Name and RAM, such as <c>Pi 4B 2 GB</c>.</summary>
    public override string ToString() => $"{Model.Name} {FormatMemory(MemoryMiB)}";

    /// <summary>RAM as boards are sold with it: <c>512 MB</c>, <c>2 GB</c>.</summary>
    public static string FormatMemory(int mebibytes) => mebibytes >= 1024
        ? string.Create(CultureInfo.InvariantCulture, $"{mebibytes / 1024} GB")
        : string.Create(CultureInfo.InvariantCulture, $"{mebibytes} MB");

    private static IEnumerable<ModelRequirement> Match(PiModel model, string name, string text) => model.MemoryMiB
        .Where(memory => text == name || text == name + Squeeze(FormatMemory(memory)))
        .Select(memory => new ModelRequirement(model, memory));

    private static string Squeeze(string text)
    {
        string squeezed = string.Concat(text.Where(letter => !char.IsWhiteSpace(letter))).ToLowerInvariant();
        squeezed = squeezed.StartsWith("raspberry", StringComparison.Ordinal) ? squeezed["raspberry".Length..] : squeezed;
        return squeezed.Replace("gib", "gb", StringComparison.Ordinal).Replace("mib", "mb", StringComparison.Ordinal);
    }
}
