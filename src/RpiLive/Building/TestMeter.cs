using System.Management.Automation;

namespace RpiLive.Building;

/// <summary>Takes what a test reports, from any thread and as often as it likes, and tells the pipeline thread, when it asks, how far the test is.</summary>
internal sealed class TestMeter(string activity, TimeProvider clock)
{
    private const int ActivityId = 0;

    private readonly Lock _gate = new();
    private readonly List<string> _steps = [];
    private readonly long _start = clock.GetTimestamp();
    private Throughput _read;
    private (string Text, int Percent)? _boot;

    /// <summary>Takes how much of the live root was read.</summary>
    public void Read(long done, long total)
    {
        lock (_gate)
            _read = new(done, total, clock.GetElapsedTime(_start).TotalSeconds);
    }

    /// <summary>Takes how far a boot is, in percent.</summary>
    public void Boot(string text, int percent)
    {
        lock (_gate)
        {
            if (_boot?.Percent != percent)
                _steps.Add(text + ".");
            _boot = (text, percent);
        }
    }

    /// <summary>The stages of boots since the last call, as sentences.</summary>
    public IReadOnlyList<string> TakeSteps()
    {
        lock (_gate)
        {
            string[] steps = [.. _steps];
            _steps.Clear();
            return steps;
        }
    }

    /// <summary>The state of the test.</summary>
    public ProgressRecord Current()
    {
        lock (_gate)
        {
            return _boot is { } boot
                ? new(ActivityId, activity, boot.Text) { PercentComplete = boot.Percent }
                : new(ActivityId, activity, _read.Describe("Reading the live root"))
                {
                    PercentComplete = _read.Total > 0 ? (int)(_read.Fraction * 100) : -1,
                    SecondsRemaining = _read.SecondsRemaining,
                };
        }
    }

    /// <summary>The record that takes the progress bar away.</summary>
    public ProgressRecord Completed() => new(ActivityId, activity, "Done") { RecordType = ProgressRecordType.Completed, PercentComplete = 100 };
}
