namespace RpiLive.Core.Imaging.Edits;

/// <summary>One small change to the root. It looks for its thing first and leaves alone a root that has no such thing.</summary>
internal interface IRootEdit
{
    /// <summary>Stable kebab-case name.</summary>
    string Name { get; }

    /// <summary>Why a live system needs it, in one sentence.</summary>
    string Reason { get; }

    /// <summary>Makes the change; a second run changes nothing.</summary>
    void Apply(RootEditor root);
}
