using System.Globalization;
using System.Management.Automation;

namespace RpiLive.Building;

/// <summary>
/// Takes what the workers of a build report, from any thread and as often as they like, and tells the pipeline thread, when it asks,
/// how far the build is. Never goes backwards.
/// </summary>
/// <typeparam name="TStage">The steps of the build, in their order.</typeparam>
/// <param name="activity">What is built.</param>
/// <param name="clock">For rates and times.</param>
internal abstract class StageMeter<TStage>(string activity, TimeProvider clock)
    where TStage : struct, Enum
{
    private const int ActivityId = 0;

    private readonly Lock _gate = new();
    private readonly Queue<string> _steps = new(), _facts = new();
    private TStage _stage;
    private long _done, _total;
    private long _stageStart;
    private bool _started;

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
            Throughput throughput = new(_done, _total, clock.GetElapsedTime(_stageStart).TotalSeconds);
            (double from, double to) = ShareOf(_stage);
            return new ProgressRecord(ActivityId, activity, throughput.Describe(TextOf(_stage)))
            {
                PercentComplete = (int)(from + (to - from) * throughput.Fraction),
                SecondsRemaining = TellsRemaining(_stage) ? throughput.SecondsRemaining : -1,
            };
        }
    }

    /// <summary>The record that takes the progress bar away.</summary>
    public ProgressRecord Completed() =>
        new(ActivityId, activity, "Done") { RecordType = ProgressRecordType.Completed, PercentComplete = 100 };

    /// <summary>Takes the state of the build.</summary>
    /// <param name="stage">The step.</param>
    /// <param name="done">Bytes of it that are done.</param>
    /// <param name="total">Bytes of it in all; 0 when not known.</param>
    protected void Report(TStage stage, long done, long total)
    {
        lock (_gate)
        {
            int order = Comparer<TStage>.Default.Compare(stage, _stage);
            if (!_started || order > 0)
            {
                long now = clock.GetTimestamp();
                if (_started)
                    _steps.Enqueue(Ended(now));
                _steps.Enqueue(TextOf(stage) + ".");
                _started = true;
                _stageStart = now;
                (_stage, _done, _total) = (stage, done, total);
            }
            else if (order == 0 && done >= _done)
            {
                (_done, _total) = (done, total);
            }
        }
    }

    /// <summary>What is done in a step.</summary>
    protected abstract string TextOf(TStage stage);

    /// <summary>The part of the whole that a step takes, in percent.</summary>
    protected abstract (double From, double To) ShareOf(TStage stage);

    /// <summary>True where the rest of a step follows from what is done.</summary>
    protected abstract bool TellsRemaining(TStage stage);

    private string Ended(long now) => string.Create(
        CultureInfo.InvariantCulture, $"{TextOf(_stage)} took {clock.GetElapsedTime(_stageStart, now).TotalSeconds:0.0} s.");

    private string[] Take(Queue<string> lines)
    {
        lock (_gate)
        {
            string[] taken = [.. lines];
            lines.Clear();
            return taken;
        }
    }
}
