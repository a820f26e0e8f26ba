using RpiLive.Core.Streams;

namespace RpiLive.Tests.Editing;

/// <summary>One thing done to a medium: a write, a new length (no bytes) or a flush (no bytes, offset -1).</summary>
internal sealed record MediumStep(long Offset, byte[]? Bytes)
{
    public bool IsFlush => Bytes is null && Offset == -1;

    public void Apply(EditedMedium medium)
    {
        if (Bytes is not null)
            medium.Write(Offset, Bytes);
        else if (IsFlush)
            medium.Flush();
        else
            medium.SetLength(Offset);
    }
}
