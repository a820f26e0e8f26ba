using RpiLive.Core.Errors;

namespace RpiLive.Core.Testing;

/// <summary>What is wrong with one subject of a check.</summary>
/// <param name="kind">The check.</param>
/// <param name="subject">The subject; null where there is only one.</param>
internal sealed class Findings(CheckKind kind, string? subject)
{
    /// <summary>What to do about damage that a new image mends.</summary>
    public const string MakeAgain = "Make the live image again with New-RpiLiveImage, or copy it again if it is a copy.";

    /// <summary>As many findings of one subject are kept; a forged image could give any number.</summary>
    private const int MaxFindings = 20;

    private readonly List<Check> _all = [];

    /// <summary>The findings in order.</summary>
    public IReadOnlyList<Check> All => _all;

    /// <summary>Something that makes the image invalid.</summary>
    public void Fail(string what, string action = MakeAgain) => Add(CheckResult.Failed, what, action);

    /// <summary>As the other, with what an error says; what to do is about the live image, not the one it was made from.</summary>
    public void Fail(ImageException error) =>
        Fail(error.Message, error.Kind == ImageErrorKind.Request || error.ErrorId == "CorruptSettings" ? error.RecommendedAction : MakeAgain);

    /// <summary>Something that the user should know.</summary>
    public void Warn(string what, string action) => Add(CheckResult.Warning, what, action);

    private void Add(CheckResult result, string what, string action)
    {
        if (_all.Count < MaxFindings)
            _all.Add(new(kind, result, subject, what, action));
    }
}
