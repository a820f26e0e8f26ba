using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.Editing;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Tree;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Fat;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Editing;

/// <summary>Power cuts: an edit that stops anywhere leaves the old image or the new one.</summary>
public sealed class CutEditTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Edits => [.. s_edits.Keys];

    private static readonly Dictionary<string, (Action<LiveImageEditor>? Before, Action<LiveImageEditor> Edit)> s_edits = new()
    {
        ["settings"] = (null, editor => editor.WriteSettings(editor.Settings with { Root = RootMode.Ram })),
        ["longer settings"] = (null, editor => editor.WriteSettings(editor.Settings with { Others = [KeyValuePair.Create("long", new string('x', 5000))] })),
        ["new partition"] = (null, editor => editor.SetPartition(8 << 20, Tree(1), default)),
        ["other partition"] = (editor => editor.SetPartition(9 << 20, Tree(1), default), editor => editor.SetPartition(9 << 20, Tree(2), default)),
        ["larger partition"] = (editor => editor.SetPartition(8 << 20, Tree(1), default), editor => editor.SetPartition(12 << 20, null, default)),
        ["smaller partition"] = (editor => editor.SetPartition(12 << 20, Tree(1), default), editor => editor.SetPartition(8 << 20, null, default)),
        ["no partition"] = (editor => editor.SetPartition(8 << 20, Tree(1), default), editor => editor.RemovePartition()),
        ["new container"] = (null, editor => editor.SetContainer(8 << 20, Tree(1), default)),
        ["larger container"] = (editor => editor.SetContainer(8 << 20, Tree(1), default), editor => editor.SetContainer(10 << 20, null, default)),
        ["other container"] = (editor => editor.SetContainer(8 << 20, Tree(1), default), editor => editor.SetContainer(8 << 20, Tree(2), default)),
        ["no container"] = (editor => editor.SetContainer(40 << 20, Tree(1), default), editor => editor.RemoveContainer()),
    };

    [Theory]
    [MemberData(nameof(Edits))]
    public void An_edit_that_is_cut_short_leaves_the_old_image_or_the_new_one(string name)
    {
        Tools.Require("fsck.vfat", "mtype", "mcopy", "e2fsck");
        CutEdit cut = Prepare(name);
        cut.CheckInOrder(judged: cut.Steps.Count / 8 + 1);
        for (int seed = 1; seed <= 3; seed++)
            cut.CheckOutOfOrder(seed);
    }

    /// <summary>The judge is no use unless it sees what the flushes are for.</summary>
    [Theory]
    [InlineData("settings")]
    [InlineData("other partition")]
    [InlineData("other container")]
    public void Without_flushes_an_edit_would_not_be_safe(string name) => Assert.False(Prepare(name).IsSafeWithoutFlushes(seeds: 40));

    public void Dispose() => _folder.Dispose();

    private static DirectoryNode Tree(int seed) => new DirectoryNode { Permissions = 0x1ED, ModifiedTime = LiveSample.Time }
        .With("rpilive/format", "1")
        .With($"rpilive/bind/home/file{seed}", Volumes.Noise(seed, 200_000))
        .WithLink("rpilive/link", $"format{seed}");

    private CutEdit Prepare(string name)
    {
        (Action<LiveImageEditor>? before, Action<LiveImageEditor> edit) = s_edits[name];
        string path = LiveSample.Write(_folder);
        if (before is not null)
        {
            using LiveImageEditor editor = LiveImageEditor.Open(path);
            before(editor);
        }
        return new(_folder, path, edit);
    }
}
