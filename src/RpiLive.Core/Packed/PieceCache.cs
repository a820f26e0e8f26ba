using System.Diagnostics.CodeAnalysis;

namespace RpiLive.Core.Packed;

/// <summary>
/// The pieces of a <see cref="PackedSource"/> within a budget; what was unpacked on the way to something else goes first, then
/// the least recently used. Guarded by the source's lock, but for <see cref="Allocate"/>.
/// </summary>
/// <param name="needed">Tells of an offset whether someone is about to read there.</param>
/// <param name="spareCount">The most unused pieces that are held back for the next.</param>
internal sealed class PieceCache(Func<long, bool> needed, int spareCount)
{
    /// <summary>The most pieces that are looked at to make room for one; those that are needed then count as just used.</summary>
    private const int MaxTries = 256;

    private readonly Dictionary<long, LinkedListNode<Piece>> _pieces = [];

    /// <summary>What goes first stands first: what was passed over, then the least recently used.</summary>
    private readonly LinkedList<Piece> _byUse = new();
    private readonly Stack<byte[]> _spare = new();
    private readonly Lock _spareGate = new();

    /// <summary>The most bytes to hold, kept and being unpacked.</summary>
    public long Budget { get; set; }

    /// <summary>Bytes held, kept and being unpacked.</summary>
    public long Held { get; private set; }

    public bool Contains(long offset) => _pieces.ContainsKey(offset);

    public bool TryGet(long offset, [MaybeNullWhen(false)] out Piece piece)
    {
        piece = null;
        if (!_pieces.TryGetValue(offset, out LinkedListNode<Piece>? node))
            return false;
        _byUse.Remove(node);
        _byUse.AddLast(node);
        piece = node.Value;
        return true;
    }

    /// <summary>Makes room by letting go of what nobody is about to read.</summary>
    public bool TryMakeRoom(int cost)
    {
        for (int tries = Math.Min(_byUse.Count, MaxTries); Held + cost > Budget && tries > 0; tries--)
        {
            LinkedListNode<Piece> node = _byUse.First!;
            if (!needed(node.Value.Offset))
            {
                Evict(node);
                continue;
            }
            _byUse.Remove(node);
            _byUse.AddLast(node);
        }
        return Held + cost <= Budget;
    }

    /// <summary>Counts a piece that will be unpacked. It must come in, so what others need goes too if it has to.</summary>
    public void Reserve(Piece piece)
    {
        if (!TryMakeRoom(piece.Cost))
            EvictTo(Budget - piece.Cost);
        Held += piece.Cost;
    }

    /// <summary>Lets go of pieces until the rest fits the budget.</summary>
    public void Trim()
    {
        EvictTo(Budget);
        lock (_spareGate)
            _spare.Clear();
    }

    /// <summary>Keeps a piece that was reserved; where it is there already, that one stays.</summary>
    /// <param name="piece">An unpacked piece.</param>
    /// <param name="passedOver">True for one that nobody has asked for: it goes before all that somebody has.</param>
    public Piece Add(Piece piece, bool passedOver)
    {
        if (_pieces.TryGetValue(piece.Offset, out LinkedListNode<Piece>? same))
        {
            Drop(piece);
            return same.Value;
        }
        piece.IsKept = true;
        _pieces.Add(piece.Offset, passedOver ? _byUse.AddFirst(piece) : _byUse.AddLast(piece));
        return piece;
    }

    /// <summary>Gives up a piece that was reserved.</summary>
    public void Drop(Piece piece)
    {
        Held -= piece.Cost;
        Recycle(piece);
    }

    /// <summary>Ends a reader's use of a piece.</summary>
    public void Release(Piece piece)
    {
        piece.Readers--;
        if (!piece.IsKept && piece.Readers == 0)
            Recycle(piece);
    }

    /// <summary>Bytes for a piece of this length.</summary>
    public byte[] Allocate(int length)
    {
        lock (_spareGate)
        {
            if (length == Piece.MaxLength && _spare.TryPop(out byte[]? bytes))
                return bytes;
        }
        return GC.AllocateUninitializedArray<byte>(length);
    }

    private void EvictTo(long limit)
    {
        while (Held > limit && _byUse.First is { } node)
            Evict(node);
    }

    private void Evict(LinkedListNode<Piece> node)
    {
        _byUse.Remove(node);
        _pieces.Remove(node.Value.Offset);
        node.Value.IsKept = false;
        Held -= node.Value.Cost;
        if (node.Value.Readers == 0)
            Recycle(node.Value);
    }

    private void Recycle(Piece piece)
    {
        lock (_spareGate)
        {
            if (piece.Bytes.Length == Piece.MaxLength && _spare.Count < spareCount)
                _spare.Push(piece.Bytes);
        }
        piece.Bytes = [];
    }
}
