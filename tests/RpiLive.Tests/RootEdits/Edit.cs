using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.Edits;
using RpiLive.Core.Tree;

namespace RpiLive.Tests.RootEdits;

/// <summary>Runs edits on test trees and tells what changed, by comparing whole trees.</summary>
internal static class Edit
{
    public const uint BootVolumeId = 0xAB12CD34;

    public static readonly Timestamp Now = new(1_750_000_000, 5);

    public static readonly RootEditOptions Options = new()
    {
        BootVolumeId = BootVolumeId,
        Timestamp = Now,
        StockVolumes = ["PARTUUID=738a4d67-01", "PARTUUID=738a4d67-02", "LABEL=rootfs", "UUID=56f80fa2-e005-4cca-86e6-19da1069914d"],
    };

    /// <summary>Applies one edit twice: the paths that it says it changed must be those that differ, and the second run changes nothing.</summary>
    public static (string[] Changed, string[] Warnings) Apply(IRootEdit edit, TestTree tree, RootEditOptions? options = null)
    {
        SortedDictionary<string, string> before = tree.Listing();
        RootEditor editor = new(tree.Root, options ?? Options);
        edit.Apply(editor);
        SortedDictionary<string, string> after = tree.Listing();
        string[] changed = Differences(before, after);
        Assert.Equal(changed, editor.ChangedPaths);
        RootEditor again = new(tree.Root, options ?? Options);
        edit.Apply(again);
        Assert.Empty(again.ChangedPaths);
        Assert.Equal(after, tree.Listing());
        return (changed, [.. editor.Warnings]);
    }

    public static string[] Differences(SortedDictionary<string, string> before, SortedDictionary<string, string> after) =>
        [.. before.Keys.Union(after.Keys).Where(path => before.GetValueOrDefault(path) != after.GetValueOrDefault(path)).Order(StringComparer.Ordinal)];
}
