using RpiLive.Core.Errors;
using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.Editing;
using RpiLive.Core.Streams;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Editing;

/// <summary>Makes an edit once, then again cut short at every step, and checks what is left.</summary>
internal sealed class CutEdit
{
    private readonly TemporaryFolder _folder;
    private readonly string _path;
    private readonly string _base;
    private readonly string _old;
    private readonly string _new;
    private readonly List<MediumStep> _steps;

    public CutEdit(TemporaryFolder folder, string path, Action<LiveImageEditor> edit)
    {
        _folder = folder;
        _path = path;
        _base = path + ".base";
        Copy(path, _base);
        _old = LiveState.Read(path);
        RecordedMedium medium = new(new EditedFile(path));
        using (LiveImageEditor editor = LiveImageEditor.Open(medium, path, TestContext.Current.CancellationToken))
        {
            medium.Steps.Clear();
            edit(editor);
        }
        _steps = medium.Steps;
        _new = LiveState.Read(path);
        Assert.NotEqual(_old, _new);
        CheckStores(path);
        Judges.CheckBootVolume(path);
        Assert.True(_steps.Count > 0 && _steps[^1].IsFlush, "The last step is no flush.");
    }

    public IReadOnlyList<MediumStep> Steps => _steps;

    /// <summary>Every step is done or not, in order. The image turns from old to new once.</summary>
    /// <param name="judged">Every how many steps the other programs are asked too, and the image is opened for editing.</param>
    public void CheckInOrder(int judged)
    {
        Copy(_base, _path);
        bool isNew = false;
        for (int i = 0; i < _steps.Count; i++)
        {
            Apply([_steps[i]]);
            if (_steps[i].IsFlush)
                continue;
            string state = LiveState.Read(_path);
            Assert.True(state == _new || (state == _old && !isNew), $"After step {i} of {_steps.Count} the image is neither as before nor as after.");
            isNew = state == _new;
            if (i % judged == 0 || (i + 1 < _steps.Count && _steps[i + 1].IsFlush))
                Judge(state, $"step {i}");
        }
        Assert.True(isNew);
    }

    /// <summary>Before each flush, writes reach the disk in any order, and large ones in part.</summary>
    public void CheckOutOfOrder(int seed)
    {
        Random random = new(seed);
        Copy(_base, _path);
        List<MediumStep> pending = [];
        foreach (MediumStep step in _steps)
        {
            if (!step.IsFlush)
            {
                pending.Add(step);
                continue;
            }
            if (pending.Count == 0)
                continue;
            string cut = _folder["cut.img"];
            Copy(_path, cut);
            Apply([.. pending.Where(_ => random.Next(2) == 0).Select(step => Tear(step, random))], cut);
            string state = LiveState.Read(cut);
            Assert.True(state == _old || state == _new, "A part of the writes before a flush leaves an image that is neither as before nor as after.");
            Repair(cut, state, "a part of the writes");
            Apply(pending);
            pending.Clear();
        }
    }

    /// <summary>True when any part of the writes would do, flushes or not.</summary>
    public bool IsSafeWithoutFlushes(int seeds)
    {
        string cut = _folder["cut.img"];
        for (int seed = 0; seed < seeds; seed++)
        {
            Random random = new(seed);
            Copy(_base, cut);
            Apply([.. _steps.Where(_ => random.Next(2) == 0)], cut);
            try
            {
                string state = LiveState.Read(cut);
                if (state != _old && state != _new)
                    return false;
            }
            catch (ImageException)
            {
                return false;
            }
        }
        return true;
    }

    private static MediumStep Tear(MediumStep step, Random random)
    {
        if (step.Bytes is not { Length: > 512 } bytes || random.Next(2) == 0)
            return step;
        int from = random.Next(bytes.Length / 512) * 512, to = from + random.Next(1, (bytes.Length - from) / 512 + 1) * 512;
        return new(step.Offset + from, bytes[from..Math.Min(to, bytes.Length)]);
    }

    private void Judge(string state, string when)
    {
        foreach (string line in Judges.FindingsOnBootVolume(_path))
            Assert.True(IsHarmless(line), $"fsck.vfat after {when}: {line}");
        Assert.Contains("root=", Judges.ReadSettings(_path));
        CheckStores(_path);
        string copy = _folder["reopened.img"];
        Copy(_path, copy);
        Repair(copy, state, when);
    }

    private static void Repair(string path, string state, string when)
    {
        LiveImageEditor.Open(path).Dispose();
        string[] findings = Judges.FindingsOnBootVolume(path);
        Assert.True(findings.Length == 0, $"After {when}, fsck.vfat of the repaired image: {string.Join('\n', findings)}");
        Assert.Equal(state, LiveState.Read(path));
        RecordedMedium medium = new(new EditedFile(path));
        using LiveImageEditor again = LiveImageEditor.Open(medium, path, TestContext.Current.CancellationToken);
        Assert.Empty(medium.Steps);
    }

    private static void CheckStores(string path)
    {
        LiveImage image = LiveImageFile.Open(path);
        if (image.Partition is not null)
            Judges.CheckExt4(Judges.Extract(path, 2));
        if (image.Container is not null)
            Judges.CheckExt4(Judges.ExtractContainer(path));
    }

    private void Apply(IReadOnlyList<MediumStep> steps) => Apply(steps, _path);

    private static void Apply(IReadOnlyList<MediumStep> steps, string path)
    {
        using EditedFile file = new(path);
        foreach (MediumStep step in steps)
        {
            if (!step.IsFlush)
                step.Apply(file);
        }
    }

    private static void Copy(string from, string to) => Tools.Run("cp", "--sparse=always", from, to);

    /// <summary>What fsck.vfat may say of an image between two writes: nothing that a reader minds.</summary>
    private static bool IsHarmless(string line) => s_harmless.Any(start => line.StartsWith(start, StringComparison.Ordinal));

    private static readonly string[] s_harmless =
    [
        "FATs differ but appear to be intact.", "1) Use first FAT", "2) Use second FAT", "  Using first FAT.", "Reclaimed ",
        "There are differences between boot sector and its backup.", "This is mostly harmless. Differences:", "  32:", "  33:", "  34:", "  35:",
        "1) Copy original to backup", "2) Copy backup to original", "3) No action", "  Not automatically fixing this.",
        "Free cluster summary uninitialized", "  Auto-setting.", "Leaving filesystem unchanged.",
    ];
}
