using System.Globalization;
using System.Management.Automation;
using RpiLive.Core.Imaging;

namespace RpiLive.Building;

/// <summary>
/// Takes what the workers of a build report, from any thread and as often as they like, and tells the pipeline thread, when it asks,
/// how far the build is. Never goes backwards.
/// </summary>
internal sealed class BuildMeter(string activity, TimeProvider clock) : IProgress<BuildProgress>
{
    private const int ActivityId = 0;

    private readonly Lock _gate = new();
    private readonly Queue<string> _steps = new(), _facts = new();
    private BuildProgress _latest;
    private long _stageStart;
    private bool _started;
    private bool _unpacks;

    /// <inheritdoc/>
    public void Report(BuildProgress value)
    {
        lock (_gate)
        {
            _unpacks |= value.Stage == BuildStage.Unpacking;
            if (!_started || value.Stage > _latest.Stage)
            {
                long now = clock.GetTimestamp();
                if (_started)
                    _steps.Enqueue(Ended(now));
                _steps.Enqueue(TextOf(value.Stage) + ".");
                _started = true;
                _stageStart = now;
                _latest = value;
            }
            else if (value.Stage == _latest.Stage && value.BytesDone >= _latest.BytesDone)
            {
                _latest = value;
            }
        }
    }

    /// <summary>Takes a fact of the build.</summary>
    public void Note(string fact)
    {
        lock (_gate)
            _facts.Enqueue(fact);
    }

    /// <summary>The steps begun and ended since the last call, as sentences.</summary>
    public IReadOnlyList<string> TakeSteps() => Take(_steps);

    /// <summary>The facts noted since the last call.</summary>
    public IReadOnlyList<string> TakeFacts() => Take(_facts);

    /// <summary>The state of the build; null before the first report.</summary>
    public ProgressRecord? Current()
    {
        lock (_gate)
        {
            if (!_started)
                return null;
            Throughput throughput = new(_latest.BytesDone, _latest.BytesTotal, clock.GetElapsedTime(_stageStart).TotalSeconds);
            (double from, double to) = ShareOf(_latest.Stage);
            return new ProgressRecord(ActivityId, activity, throughput.Describe(TextOf(_latest.Stage)))
            {
                PercentComplete = (int)(from + (to - from) * throughput.Fraction),
                SecondsRemaining = _latest.Stage is BuildStage.Unpacking or >= BuildStage.Root ? throughput.SecondsRemaining : -1,
            };
        }
    }

    /// <summary>The record that takes the progress bar away.</summary>
    public ProgressRecord Completed() =>
        new(ActivityId, activity, "Done") { RecordType = ProgressRecordType.Completed, PercentComplete = 100 };

    private string Ended(long now) => string.Create(
        CultureInfo.InvariantCulture, $"{TextOf(_latest.Stage)} took {clock.GetElapsedTime(_stageStart, now).TotalSeconds:0.0} s.");

    private string[] Take(Queue<string> lines)
    {
        lock (_gate)
        {
            string[] taken = [.. lines];
            lines.Clear();
            return taken;
        }
    }

    private static string TextOf(BuildStage stage) => stage switch
    {
        BuildStage.Unpacking => "Unpacking the stock image",
        BuildStage.Reading => "Reading the stock image",
        BuildStage.BootFiles => "Making the boot files",
        BuildStage.Root => "Compressing the root",
        _ => "Finishing the boot volume",
    };

    /// <summary>The part of the whole that a stage takes, in percent; compressing is by far the longest.</summary>
    private (double From, double To) ShareOf(BuildStage stage)
    {
        const double UnpackingShare = 20;
        if (stage == BuildStage.Unpacking)
            return (0, UnpackingShare);
        (double from, double to) = stage switch
        {
            BuildStage.Reading => (0, 2),
            BuildStage.BootFiles => (2, 10),
            BuildStage.Root => (10, 96),
            _ => (96, 100),
        };
        double start = _unpacks ? UnpackingShare : 0, scale = (100 - start) / 100;
        return (start + from * scale, start + to * scale);
    }
}
