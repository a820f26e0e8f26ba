namespace RpiLive.Core.Kernel.Indexes;

/// <summary>A node of the radix tree that is being written: a range of the ordered entries that share a start.</summary>
/// <param name="first">First entry of the range.</param>
/// <param name="end">End of the range.</param>
/// <param name="start">Where the node's own part of the key starts, after the character by which its parent leads to it.</param>
/// <param name="prefixEnd">Where the part ends that all its keys share.</param>
internal sealed class IndexNode(int first, int end, int start, int prefixEnd)
{
    public int First { get; } = first;

    public int End { get; } = end;

    public int Start { get; } = start;

    public int PrefixEnd { get; } = prefixEnd;

    /// <summary>Where the entries end whose key ends with the prefix.</summary>
    public int ValuesEnd { get; set; } = first;

    /// <summary>The entry at which the next child starts.</summary>
    public int Next { get; set; } = first;

    /// <summary>The children written so far, by ascending character.</summary>
    public List<(char Character, uint Reference)> Children { get; } = [];
}
