namespace RpiLive.Core.Tree;

/// <summary>A device, named pipe or socket.</summary>
public sealed class SpecialNode(SpecialKind kind, uint major = 0, uint minor = 0) : TreeNode
{
    /// <summary>What it is.</summary>
    public SpecialKind Kind { get; } = kind;

    /// <summary>Major device number, 12 bits; 0 for pipes and sockets.</summary>
    public uint Major { get; } = major;

    /// <summary>Minor device number, 20 bits; 0 for pipes and sockets.</summary>
    public uint Minor { get; } = minor;
}
