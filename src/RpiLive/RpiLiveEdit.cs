using RpiLive.Core.Imaging;

namespace RpiLive;

/// <summary>One change made to the root of the stock image. Its text is its name.</summary>
public sealed class RpiLiveEdit
{
    internal RpiLiveEdit(AppliedEdit edit)
    {
        Name = edit.Name;
        Reason = edit.Reason;
        Paths = edit.Paths.ToArray();
    }

    /// <summary>Stable kebab-case name, such as <c>fstab</c>.</summary>
    public string Name { get; }

    /// <summary>Why a live system needs it.</summary>
    public string Reason { get; }

    /// <summary>The paths changed, added or removed.</summary>
    public IReadOnlyList<string> Paths { get; }

    /// <summary>The name of the edit.</summary>
    public override string ToString() => Name;
}
