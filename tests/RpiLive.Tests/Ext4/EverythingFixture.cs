using RpiLive.Tests.Support;

namespace RpiLive.Tests.Ext4;

/// <summary>A directory of the host with one of everything, made once for all tests of a class.</summary>
public sealed class EverythingFixture : IDisposable
{
    private readonly Lazy<SourceTree> _plain = new(() => Make(Samples.Everything, Samples.Seconds));
    private readonly Lazy<SourceTree> _attributed = new(() => Make(Samples.Everything, Samples.Attributes, Samples.Seconds));

    /// <summary>Where it is.</summary>
    /// <param name="withAttributes">True for extended attributes and access control lists too.</param>
    public string Path(bool withAttributes) => (withAttributes ? _attributed : _plain).Value.Path;

    public void Dispose()
    {
        foreach (Lazy<SourceTree> tree in (ReadOnlySpan<Lazy<SourceTree>>)[_plain, _attributed])
        {
            if (tree.IsValueCreated)
                tree.Value.Dispose();
        }
    }

    private static SourceTree Make(params ReadOnlySpan<string> scripts)
    {
        SourceTree tree = new();
        Samples.Fill(tree.Path, scripts);
        return tree;
    }
}
