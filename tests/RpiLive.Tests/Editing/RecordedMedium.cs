using RpiLive.Core.Streams;

namespace RpiLive.Tests.Editing;

/// <summary>A medium that notes what is done to it.</summary>
internal sealed class RecordedMedium(EditedMedium medium) : EditedMedium
{
    /// <summary>Everything since the start, or since it was last cleared.</summary>
    public List<MediumStep> Steps { get; } = [];

    public override string Name => medium.Name;

    public override RandomAccessSource Content => medium.Content;

    public IEnumerable<MediumStep> Writes => Steps.Where(step => step.Bytes is not null);

    public override void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        Steps.Add(new(offset, bytes.ToArray()));
        medium.Write(offset, bytes);
    }

    public override void SetLength(long length)
    {
        Steps.Add(new(length, null));
        medium.SetLength(length);
    }

    public override void Flush()
    {
        Steps.Add(new(-1, null));
        medium.Flush();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            medium.Dispose();
        base.Dispose(disposing);
    }
}
