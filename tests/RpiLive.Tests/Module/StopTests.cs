using System.Diagnostics;
using System.Management.Automation;
using RpiLive.Core.Imaging.Editing;
using RpiLive.Tests.Editing;

namespace RpiLive.Tests.Module;

/// <summary>Ctrl-C in the middle of a change leaves the image as it was, and is not waited for.</summary>
public sealed class StopTests(LiveImageFixture live) : IClassFixture<LiveImageFixture>, IDisposable
{
    private const long SeedBytes = 3L << 30;

    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void A_stopped_seed_leaves_the_image_with_its_old_settings()
    {
        string image = Path.Join(_session.Folder, "live.img"), seed = Path.Join(_session.Folder, "seed");
        File.Copy(live.Path, image);
        string before = Judges.ReadSettings(image);
        Directory.CreateDirectory(seed);
        using (FileStream large = File.Create(Path.Join(seed, "large")))
        {
            // Not zeros alone, which ext4 need not store.
            large.SetLength(SeedBytes);
            for (long offset = 0; offset < SeedBytes; offset += 1 << 20)
            {
                large.Position = offset;
                large.WriteByte(1);
            }
        }
        using PowerShell shell = _session.Start("Set-RpiLivePersistence live.img /srv -Seed seed -Target Partition -Size 4GB");
        PSDataCollection<PSObject> output = [];
        IAsyncResult run = shell.BeginInvoke<PSObject, PSObject>(null, output);
        // Within the writing of the seed: it has begun, and is not done.
        Assert.True(SpinWait.SpinUntil(() => shell.Streams.Progress.Count > 0 || run.IsCompleted, TimeSpan.FromMinutes(1)));
        Assert.False(run.IsCompleted);
        long start = Stopwatch.GetTimestamp();
        shell.Stop();
        TimeSpan waited = Stopwatch.GetElapsedTime(start);
        Assert.Empty(output);
        Assert.Equal(PSInvocationState.Stopped, shell.InvocationStateInfo.State);
        // A second is promised; a machine that is busy with other tests is given more.
        Assert.InRange(waited.TotalSeconds, 0, 5);
        Assert.Equal(before, Judges.ReadSettings(image));
        Judges.CheckBootVolume(image);
        using LiveImageEditor editor = LiveImageEditor.Open(image);
        Assert.Null(editor.Partition);
    }
}
