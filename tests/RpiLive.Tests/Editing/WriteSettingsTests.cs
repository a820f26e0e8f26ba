using System.Text;
using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.Editing;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Streams;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Editing;

public sealed class WriteSettingsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Settings_are_replaced_by_writing_six_places()
    {
        string path = LiveSample.Write(_folder, clusterSize: 4096);
        RecordedMedium medium = new(new EditedFile(path));
        using (LiveImageEditor editor = LiveImageEditor.Open(medium, path, TestContext.Current.CancellationToken))
        {
            Assert.Empty(medium.Steps);
            editor.WriteSettings(editor.Settings with { Root = RootMode.Ram, Quiet = true });
            Assert.Equal((RootMode.Ram, true), (editor.Image.RootMode, editor.Settings.Quiet));
            Assert.Equal([512, 512, 512, -1, 512, -1, 512, 512, -1], medium.Steps.Select(step => step.Bytes?.Length ?? -1));
            medium.Steps.Clear();
            editor.WriteSettings(editor.Settings);
            Assert.Empty(medium.Steps);
        }
        Assert.Equal(RootMode.Ram, LiveImageFile.Open(path).RootMode);
        Judges.CheckBootVolume(path);
        Assert.Contains("root=ram\n", Judges.ReadSettings(path));
        using LiveImageEditor again = LiveImageEditor.Open(path);
        Assert.True(again.Settings.Quiet);
    }

    [Fact]
    public void Long_settings_take_more_clusters_and_give_them_back()
    {
        string path = LiveSample.Write(_folder);
        LiveSettings first, large;
        using (LiveImageEditor editor = LiveImageEditor.Open(path))
        {
            first = editor.Settings;
            large = first with { Others = [.. Enumerable.Range(0, 300).Select(i => KeyValuePair.Create($"key{i}", new string('x', 100)))] };
            editor.WriteSettings(large);
        }
        Judges.CheckBootVolume(path);
        Assert.Equal(large.Format(), Judges.ReadSettings(path));
        using (LiveImageEditor editor = LiveImageEditor.Open(path))
            editor.WriteSettings(first);
        Judges.CheckBootVolume(path);
    }

    public void Dispose() => _folder.Dispose();
}
