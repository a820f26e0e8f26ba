using RpiLive.Core.Tree;

namespace RpiLive.Core.Kernel.Indexes;

/// <summary>A module on its way into the indexes.</summary>
/// <param name="path">Path below the module directory; ASCII.</param>
/// <param name="name">The name by which the kernel knows it: the file name up to its first dot, with <c>_</c> for <c>-</c>.</param>
/// <param name="content">The file, packed or not.</param>
internal sealed class IndexedModule(string path, string name, FileContent content)
{
    public string Path { get; } = path;

    public string Name { get; } = name;

    public FileContent Content { get; } = content;

    /// <summary>What the module says of itself; empty until it has been read.</summary>
    public ModuleFacts Facts { get; set; } = ModuleFacts.Empty;
}
