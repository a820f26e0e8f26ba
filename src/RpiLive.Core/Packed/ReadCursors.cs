namespace RpiLive.Core.Packed;

/// <summary>Tells those who read on and on in a <see cref="PackedSource"/> from reads here and there. Guarded by the source's lock.</summary>
internal sealed class ReadCursors
{
    private const int MaxCount = 8;

    /// <summary>Gaps up to this many bytes, in either direction, count as reading on.</summary>
    private const long MaxGap = 4L * Piece.MaxLength;

    /// <summary>Unpacking ahead begins after this many bytes, and goes as far as so many times what was read.</summary>
    private const long MinRun = Piece.MaxLength, AheadRatio = 8;

    /// <summary>A cursor that has not moved for this many reads is done.</summary>
    private const long MaxAge = 4096;

    private readonly List<ReadCursor> _cursors = [];
    private long _reads;

    /// <summary>The cursors for which blocks should be unpacked ahead.</summary>
    public List<ReadCursor> Ahead { get; } = [];

    /// <summary>Takes note of a read.</summary>
    /// <param name="position">Its offset.</param>
    /// <param name="count">Its length.</param>
    /// <param name="block">Index of the block that it falls into.</param>
    /// <param name="budget">Bytes that may be unpacked ahead for all cursors together.</param>
    public void Note(long position, int count, int block, long budget)
    {
        _reads++;
        ReadCursor cursor = Nearest(position);
        long end = position + count;
        if (end > cursor.Position)
        {
            cursor.Run += count;
            cursor.Position = end;
            cursor.NextBlock = Math.Max(cursor.NextBlock, block + 1);
        }
        cursor.Used = _reads;
        Ahead.Clear();
        foreach (ReadCursor other in _cursors)
        {
            if (other.Run >= MinRun && _reads - other.Used <= MaxAge)
                Ahead.Add(other);
        }
        foreach (ReadCursor other in Ahead)
            other.Window = Math.Min(other.Run * AheadRatio, budget / Ahead.Count);
    }

    /// <summary>True when a cursor is about to come to this place.</summary>
    public bool IsAhead(long offset)
    {
        foreach (ReadCursor cursor in Ahead)
        {
            if (offset + Piece.MaxLength > cursor.Position && offset < cursor.Position + cursor.Window)
                return true;
        }
        return false;
    }

    private ReadCursor Nearest(long position)
    {
        ReadCursor? nearest = _cursors.MinBy(cursor => Math.Abs(cursor.Position - position));
        if (nearest is not null && Math.Abs(nearest.Position - position) <= MaxGap)
            return nearest;
        if (_cursors.Count == MaxCount)
            _cursors.Remove(_cursors.MinBy(cursor => cursor.Used)!);
        ReadCursor made = new() { Position = position };
        _cursors.Add(made);
        return made;
    }
}
