using System.Management.Automation;
using RpiLive.Building;
using RpiLive.Core.Imaging;

namespace RpiLive.Tests.Module;

public sealed class BuildMeterTests
{
    private readonly Clock _clock = new();

    [Fact]
    public void Nothing_is_shown_before_the_first_report()
    {
        Assert.Null(new BuildMeter("Making live.img", _clock).Current());
    }

    [Fact]
    public void Rate_and_time_left_are_those_of_the_stage()
    {
        BuildMeter meter = new("Making live.img", _clock);
        meter.Report(new BuildProgress(BuildStage.Reading, 0, 0));
        _clock.Advance(TimeSpan.FromSeconds(5));
        meter.Report(new BuildProgress(BuildStage.Root, 0, 1000L << 20));
        _clock.Advance(TimeSpan.FromSeconds(10));
        meter.Report(new BuildProgress(BuildStage.Root, 250L << 20, 1000L << 20));
        ProgressRecord record = meter.Current()!;
        Assert.Equal("Making live.img", record.Activity);
        Assert.Equal("Compressing the root: 250 MiB of 1000 MiB, 25 MiB/s", record.StatusDescription);
        Assert.Equal(30, record.SecondsRemaining);
        Assert.Equal(31, record.PercentComplete);
    }

    [Fact]
    public void Percent_never_falls_whatever_order_the_workers_report_in()
    {
        BuildMeter meter = new("Making live.img", _clock);
        int last = 0;
        foreach ((BuildStage stage, long done) in new[]
        {
            (BuildStage.Reading, 50L), (BuildStage.BootFiles, 100), (BuildStage.Root, 40), (BuildStage.Root, 30), (BuildStage.BootFiles, 99),
            (BuildStage.Root, 100), (BuildStage.Finishing, 0), (BuildStage.Finishing, 200),
        })
        {
            meter.Report(new BuildProgress(stage, done, 100));
            int percent = meter.Current()!.PercentComplete;
            Assert.InRange(percent, last, 100);
            last = percent;
        }
        Assert.Equal(100, last);
    }

    [Fact]
    public void Unpacking_comes_first_and_the_rest_shares_what_it_leaves()
    {
        BuildMeter meter = new("Making live.img", _clock);
        meter.Report(new BuildProgress(BuildStage.Unpacking, 50, 100));
        Assert.Equal(10, meter.Current()!.PercentComplete);
        Assert.StartsWith("Unpacking the stock image", meter.Current()!.StatusDescription, StringComparison.Ordinal);
        meter.Report(new BuildProgress(BuildStage.Reading, 0, 0));
        Assert.Equal(20, meter.Current()!.PercentComplete);
        meter.Report(new BuildProgress(BuildStage.Root, 50, 100));
        Assert.Equal(62, meter.Current()!.PercentComplete);
        meter.Report(new BuildProgress(BuildStage.Finishing, 100, 100));
        Assert.Equal(100, meter.Current()!.PercentComplete);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(5, 0)]
    [InlineData(-5, 100)]
    [InlineData(long.MaxValue, 1)]
    [InlineData(1, long.MaxValue)]
    public void Odd_numbers_never_break_a_record(long done, long total)
    {
        BuildMeter meter = new("Making live.img", _clock);
        meter.Report(new BuildProgress(BuildStage.Root, done, total));
        _clock.Advance(TimeSpan.FromSeconds(100));
        ProgressRecord record = meter.Current()!;
        Assert.InRange(record.PercentComplete, 10, 96);
        Assert.InRange(record.SecondsRemaining, -1, int.MaxValue);
    }

    [Fact]
    public void Steps_are_told_once_with_the_time_that_they_took()
    {
        BuildMeter meter = new("Making live.img", _clock);
        meter.Report(new BuildProgress(BuildStage.Reading, 0, 0));
        _clock.Advance(TimeSpan.FromSeconds(2.5));
        meter.Report(new BuildProgress(BuildStage.BootFiles, 0, 0));
        Assert.Equal(["Reading the stock image.", "Reading the stock image took 2.5 s.", "Making the boot files."], meter.TakeSteps());
        Assert.Empty(meter.TakeSteps());
    }

    private sealed class Clock : TimeProvider
    {
        private long _now = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan span) => _now += span.Ticks;
    }
}
