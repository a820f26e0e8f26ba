using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RpiLive.Core.Xz;

/// <summary>
/// LZMA ("LZMA specification", LZMA SDK) into a ring buffer. The packed bytes of a chunk are all at hand, with room behind
/// them that may be read, so that only one check a symbol is needed; the same goes for the ring's end.
/// </summary>
/// <remarks>
/// No index is checked by the runtime here. Each stays inside its array because: a state is less than 12 and a position state
/// less than 16; a bit tree of n bits looks at less than 2^(n+1) from its root, which is inside the array, since the literals
/// stand last and have 768 for 2^8; distances are compared with what the ring holds; a run ends at the
/// ring's end at the latest; a symbol takes at most <see cref="InputSlack"/> bytes, and none begins behind the chunk's end.
/// </remarks>
internal sealed class LzmaDecoder
{
    /// <summary>Bytes behind the end of a chunk that may be read, though what they hold does not matter.</summary>
    public const int InputSlack = 64;

    /// <summary>Bytes of the ring that hold no history: copies may write up to 16 bytes too much.</summary>
    public const int RingSlack = 64;

    private const int StateCount = 12, PositionStates = 16, MatchMinLength = 2;
    private const int BitModelTotal = 1 << 11, MoveBits = 5, InitialProbability = BitModelTotal / 2;
    private const uint TopValue = 1 << 24;
    private const uint LiteralStates = 7;

    // Where the probabilities lie in their one array.
    private const int IsMatch = 0;
    private const int IsRep = IsMatch + (StateCount * PositionStates);
    private const int IsRep0 = IsRep + StateCount;
    private const int IsRep1 = IsRep0 + StateCount;
    private const int IsRep2 = IsRep1 + StateCount;
    private const int IsRep0Long = IsRep2 + StateCount;
    private const int DistanceSlot = IsRep0Long + (StateCount * PositionStates);
    private const int DistanceSpecial = DistanceSlot + (4 * 64);
    private const int DistanceAlign = DistanceSpecial + 128;
    private const int MatchLength = DistanceAlign + 16;
    private const int LengthChoice = 0, LengthChoice2 = 1, LengthLow = 2;
    private const int LengthMid = LengthLow + (PositionStates * 8), LengthHigh = LengthMid + (PositionStates * 8);
    private const int LengthSize = LengthHigh + 256;
    private const int RepLength = MatchLength + LengthSize;
    private const int Literals = RepLength + LengthSize;
    private const int LiteralSize = 0x300;

    /// <summary>LZMA2 allows lc + lp of at most 4.</summary>
    private const int ProbabilityCount = Literals + (LiteralSize << 4);

    /// <summary>Row d holds i mod d: repeats the first d of 16 bytes.</summary>
    private static readonly byte[] s_repeat = MakeRepeat();

    private readonly ushort[] _probabilities = new ushort[ProbabilityCount];
    private byte[] _ring = [];
    private int _ringLength;
    private int _dictionary;
    private int _position;
    private int _held;
    private int _pending;
    private uint _range, _code;
    private uint _state, _rep0, _rep1, _rep2, _rep3;
    private int _literalContextBits;
    private uint _literalPositionMask, _positionMask;
    private int _usedProbabilities = ProbabilityCount;

    /// <summary>Bytes of memory held.</summary>
    public long MemoryBytes => _ring.Length + (ProbabilityCount * sizeof(ushort));

    /// <summary>Bytes that can be put in before the ring starts over.</summary>
    public int Room => _ringLength - _position;

    /// <summary>True when the last match has bytes left that did not fit the last run.</summary>
    public bool HasPending => _pending > 0;

    /// <summary>Where the next byte will lie in the ring.</summary>
    public int Position => _position;

    /// <summary>The ring's bytes.</summary>
    public byte[] Ring => _ring;

    /// <summary>Bytes of the ring that can be used.</summary>
    public int RingLength => _ringLength;

    /// <summary>Starts a block.</summary>
    /// <param name="dictionary">How far matches may reach back.</param>
    /// <param name="ringLength">Bytes of the ring for the start; a multiple of 16.</param>
    public void Start(int dictionary, int ringLength)
    {
        _dictionary = dictionary;
        _ringLength = ringLength;
        if (_ring.Length < ringLength + RingSlack)
            _ring = GC.AllocateUninitializedArray<byte>(ringLength + RingSlack);
        ResetDictionary();
    }

    /// <summary>Makes the ring larger. Only before it has started over.</summary>
    public void Grow(int ringLength)
    {
        if (_ring.Length < ringLength + RingSlack)
        {
            byte[] ring = GC.AllocateUninitializedArray<byte>(ringLength + RingSlack);
            _ring.AsSpan(0, _position).CopyTo(ring);
            _ring = ring;
        }
        _ringLength = ringLength;
    }

    /// <summary>Goes back to the ring's start once its end is reached.</summary>
    public void StartOver() => _position = 0;

    /// <summary>Forgets all content.</summary>
    public void ResetDictionary()
    {
        _position = 0;
        _held = 0;
        _pending = 0;
    }

    /// <summary>Takes new properties.</summary>
    /// <param name="value">(pb * 5 + lp) * 9 + lc.</param>
    /// <returns>False when LZMA2 does not allow them.</returns>
    public bool TrySetProperties(byte value)
    {
        int literalContextBits = value % 9, rest = value / 9, literalPositionBits = rest % 5, positionBits = rest / 5;
        if (positionBits > 4 || literalContextBits + literalPositionBits > 4)
            return false;
        _literalContextBits = literalContextBits;
        _literalPositionMask = (1u << literalPositionBits) - 1;
        _positionMask = (1u << positionBits) - 1;
        _usedProbabilities = Literals + (LiteralSize << (literalContextBits + literalPositionBits));
        return true;
    }

    /// <summary>Forgets what was learnt, keeps the content.</summary>
    public void ResetState()
    {
        _state = _rep0 = _rep1 = _rep2 = _rep3 = 0;
        _probabilities.AsSpan(0, _usedProbabilities).Fill(InitialProbability);
    }

    /// <summary>Starts the range decoder of a chunk by its first five bytes.</summary>
    /// <returns>False when they cannot be the start of one.</returns>
    public bool TryStartRange(ReadOnlySpan<byte> bytes)
    {
        _range = uint.MaxValue;
        _code = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]);
        _pending = 0;
        return bytes[0] == 0 && _code != uint.MaxValue;
    }

    /// <summary>True when the range decoder stands where the coder stopped.</summary>
    /// <param name="input">The packed bytes.</param>
    /// <param name="position">How far they are used up.</param>
    /// <param name="end">End of the chunk.</param>
    public bool IsFinished(byte[] input, int position, int end)
    {
        if (_range < TopValue && position < end)
        {
            _range <<= 8;
            _code = (_code << 8) | input[position++];
        }
        return position == end && _code == 0 && _pending == 0;
    }

    /// <summary>Puts plain bytes in.</summary>
    public void Put(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_ring.AsSpan(_position, bytes.Length));
        Advance(_position + bytes.Length);
    }

    /// <summary>Unpacks the next bytes.</summary>
    /// <param name="input">The packed bytes, readable to <paramref name="end"/> + <see cref="InputSlack"/>.</param>
    /// <param name="position">Next packed byte; moved on.</param>
    /// <param name="end">End of the chunk.</param>
    /// <param name="count">Bytes to unpack; at most <see cref="Room"/>.</param>
    public LzmaFault Run(byte[] input, ref int position, int end, int count)
    {
        if ((uint)end > (uint)(input.Length - InputSlack) || (uint)position > (uint)end
            || (uint)count > (uint)Room || _ringLength + RingSlack > _ring.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(count));
        }
        int limit = _position + count;
        CopyPending(limit);
        return _position < limit ? Decode(input, ref position, end, limit) : LzmaFault.None;
    }

    private static byte[] MakeRepeat()
    {
        byte[] rows = new byte[16 * 16];
        for (int distance = 1; distance < 16; distance++)
        {
            for (int i = 0; i < 16; i++)
                rows[(distance * 16) + i] = (byte)(i % distance);
        }
        return rows;
    }

    /// <summary>Goes on with the match that the last run cut.</summary>
    private void CopyPending(int limit)
    {
        int position = _position, source = position - (int)_rep0 - 1;
        for (; _pending > 0 && position < limit; _pending--)
            _ring[position++] = _ring[source < 0 ? source++ + _ringLength : source++];
        Advance(position);
    }

    private void Advance(int position)
    {
        _held = Math.Min(_held + (position - _position), _dictionary);
        _position = position;
    }

    /// <summary>Takes a bit without a branch on it, since it is hard to foretell.</summary>
    /// <returns>All ones for a bit of 0, and 0 for a bit of 1.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Bit(ref ushort probability, ref uint range, ref uint code, ref byte input, ref nuint at) =>
        Bit(ref probability, probability, ref range, ref code, ref input, ref at);

    /// <summary>The same where the probability <paramref name="p"/> has been read already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Bit(ref ushort probability, int p, ref uint range, ref uint code, ref byte input, ref nuint at)
    {
        if (range < TopValue)
        {
            range <<= 8;
            code = (code << 8) | Unsafe.Add(ref input, at++);
        }
        uint bound = (range >> 11) * (uint)p;
        long rest = (long)code - bound;
        int zero = (int)(rest >> 63);
        range -= bound;
        range += (uint)zero & (bound - range);
        code = (uint)rest + ((uint)zero & bound);
        probability = (ushort)(p - ((p + (zero & ((1 << MoveBits) - 1 - BitModelTotal))) >> MoveBits));
        return zero;
    }

    /// <summary>Takes a bit with a branch on it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Flag(ref ushort probability, ref uint range, ref uint code, ref byte input, ref nuint at)
    {
        if (range < TopValue)
        {
            range <<= 8;
            code = (code << 8) | Unsafe.Add(ref input, at++);
        }
        uint p = probability, bound = (range >> 11) * p;
        if (code < bound)
        {
            range = bound;
            probability = (ushort)(p + ((BitModelTotal - p) >> MoveBits));
            return false;
        }
        range -= bound;
        code -= bound;
        probability = (ushort)(p - (p >> MoveBits));
        return true;
    }

    /// <summary>A bit tree from its root on; the result includes the leading one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Tree(ref ushort tree, uint end, ref uint range, ref uint code, ref byte input, ref nuint at)
    {
        uint symbol = 1;
        int p = Unsafe.Add(ref tree, symbol);
        do
        {
            // Both that may come next are read while it is not known yet which will.
            int next0 = Unsafe.Add(ref tree, symbol << 1), next1 = Unsafe.Add(ref tree, (symbol << 1) + 1);
            int zero = Bit(ref Unsafe.Add(ref tree, symbol), p, ref range, ref code, ref input, ref at);
            symbol = (symbol << 1) + 1 + (uint)zero;
            p = next1 ^ ((next0 ^ next1) & zero);
        }
        while (symbol < end);
        return symbol;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private LzmaFault Decode(byte[] inputBytes, ref int inputPosition, int inputEnd, int limit)
    {
        ref byte input = ref MemoryMarshal.GetArrayDataReference(inputBytes);
        ref byte ring = ref MemoryMarshal.GetArrayDataReference(_ring);
        ref ushort probabilities = ref MemoryMarshal.GetArrayDataReference(_probabilities);
        nuint at = (uint)inputPosition, end = (uint)inputEnd;
        uint range = _range, code = _code, state = _state, rep0 = _rep0;
        int position = _position, length = 0;
        int heldOffset = _held - position;
        uint previous = _held == 0 ? 0u : Unsafe.Add(ref ring, (position == 0 ? _ringLength : position) - 1);
        LzmaFault fault = LzmaFault.None;

        while (position < limit)
        {
            if (at > end)
            {
                fault = LzmaFault.InputTooShort;
                break;
            }
            uint positionState = (uint)position & _positionMask;
            if (!Flag(ref Unsafe.Add(ref probabilities, IsMatch + (state << 4) + positionState), ref range, ref code, ref input, ref at))
            {
                ref ushort tree = ref Unsafe.Add(ref probabilities,
                    Literals + (LiteralSize * ((((uint)position & _literalPositionMask) << _literalContextBits) + (previous >> (8 - _literalContextBits)))));
                uint symbol;
                if (state < LiteralStates)
                {
                    symbol = Tree(ref tree, 0x100, ref range, ref code, ref input, ref at);
                    state = state < 4 ? 0 : state - 3;
                }
                else
                {
                    int from = position - (int)rep0 - 1;
                    if (from < 0)
                        from += _ringLength;
                    uint match = Unsafe.Add(ref ring, from), offset = 0x100;
                    symbol = 1;
                    do
                    {
                        match <<= 1;
                        uint matchBit = match & offset;
                        int zero = Bit(ref Unsafe.Add(ref tree, offset + matchBit + symbol), ref range, ref code, ref input, ref at);
                        symbol = (symbol << 1) + 1 + (uint)zero;
                        offset &= matchBit ^ (uint)zero;
                    }
                    while (symbol < 0x100);
                    state = state < 10 ? state - 3 : state - 6;
                }
                previous = (byte)symbol;
                Unsafe.Add(ref ring, position++) = (byte)symbol;
                continue;
            }

            ref ushort lengths = ref Unsafe.Add(ref probabilities, MatchLength);
            bool repeated = Flag(ref Unsafe.Add(ref probabilities, IsRep + state), ref range, ref code, ref input, ref at);
            if (repeated)
            {
                if (!Flag(ref Unsafe.Add(ref probabilities, IsRep0 + state), ref range, ref code, ref input, ref at))
                {
                    if (!Flag(ref Unsafe.Add(ref probabilities, IsRep0Long + (state << 4) + positionState), ref range, ref code, ref input, ref at))
                    {
                        state = state < LiteralStates ? 9u : 11u;
                        length = 1;
                        goto Check;
                    }
                }
                else
                {
                    uint distance = _rep1;
                    if (Flag(ref Unsafe.Add(ref probabilities, IsRep1 + state), ref range, ref code, ref input, ref at))
                    {
                        distance = _rep2;
                        if (Flag(ref Unsafe.Add(ref probabilities, IsRep2 + state), ref range, ref code, ref input, ref at))
                        {
                            distance = _rep3;
                            _rep3 = _rep2;
                        }
                        _rep2 = _rep1;
                    }
                    _rep1 = rep0;
                    rep0 = distance;
                }
                lengths = ref Unsafe.Add(ref probabilities, RepLength);
                state = state < LiteralStates ? 8u : 11u;
            }

            if (!Flag(ref Unsafe.Add(ref lengths, LengthChoice), ref range, ref code, ref input, ref at))
                length = MatchMinLength - 8 + (int)Tree(ref Unsafe.Add(ref lengths, LengthLow + (positionState << 3)), 8, ref range, ref code, ref input, ref at);
            else if (!Flag(ref Unsafe.Add(ref lengths, LengthChoice2), ref range, ref code, ref input, ref at))
                length = MatchMinLength + (int)Tree(ref Unsafe.Add(ref lengths, LengthMid + (positionState << 3)), 8, ref range, ref code, ref input, ref at);
            else
                length = MatchMinLength + 16 - 256 + (int)Tree(ref Unsafe.Add(ref lengths, LengthHigh), 256, ref range, ref code, ref input, ref at);

            if (!repeated)
            {
                _rep3 = _rep2;
                _rep2 = _rep1;
                _rep1 = rep0;
                state = state < LiteralStates ? 7u : 10u;
                uint lengthState = Math.Min((uint)length - MatchMinLength, 3);
                uint slot = Tree(ref Unsafe.Add(ref probabilities, DistanceSlot + (lengthState << 6)), 64, ref range, ref code, ref input, ref at) - 64;
                if (slot < 4)
                {
                    rep0 = slot;
                }
                else
                {
                    int bits = (int)(slot >> 1) - 1;
                    rep0 = 2 | (slot & 1);
                    if (slot < 14)
                    {
                        rep0 <<= bits;
                        ref ushort tree = ref Unsafe.Add(ref probabilities, DistanceSpecial + rep0 - slot);
                        uint symbol = 1;
                        for (int bit = 0; bit < bits; bit++)
                        {
                            int zero = Bit(ref Unsafe.Add(ref tree, symbol), ref range, ref code, ref input, ref at);
                            symbol = (symbol << 1) + 1 + (uint)zero;
                            rep0 += (uint)(zero + 1) << bit;
                        }
                    }
                    else
                    {
                        for (bits -= 4; bits > 0; bits--)
                        {
                            if (range < TopValue)
                            {
                                range <<= 8;
                                code = (code << 8) | Unsafe.Add(ref input, at++);
                            }
                            range >>= 1;
                            code -= range;
                            uint zero = (uint)((int)code >> 31);
                            code += range & zero;
                            rep0 = (rep0 << 1) + 1 + zero;
                        }
                        rep0 <<= 4;
                        ref ushort tree = ref Unsafe.Add(ref probabilities, DistanceAlign);
                        uint symbol = 1;
                        for (int bit = 0; bit < 4; bit++)
                        {
                            int zero = Bit(ref Unsafe.Add(ref tree, symbol), ref range, ref code, ref input, ref at);
                            symbol = (symbol << 1) + 1 + (uint)zero;
                            rep0 += (uint)(zero + 1) << bit;
                        }
                    }
                }
            }

        Check:
            // The end marker of plain LZMA, which LZMA2 does not have, is a distance of 2^32 - 1 and goes the same way.
            if (rep0 >= (uint)Math.Min(position + heldOffset, _dictionary))
            {
                length = 0;
                fault = LzmaFault.BadDistance;
                break;
            }

            int count = Math.Min(length, limit - position);
            length -= count;
            int source = position - (int)rep0 - 1;
            if (source >= 0)
            {
                ref byte to = ref Unsafe.Add(ref ring, position);
                nuint done = 0;
                if (rep0 >= 15)
                {
                    ref byte start = ref Unsafe.Add(ref ring, source);
                    do
                    {
                        Vector128.LoadUnsafe(ref start, done).StoreUnsafe(ref to, done);
                        done += 16;
                    }
                    while (done < (uint)count);
                }
                else
                {
                    Vector128<byte> pattern = Vector128.Shuffle(
                        Vector128.LoadUnsafe(ref Unsafe.Add(ref ring, source)),
                        Vector128.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(s_repeat), (rep0 + 1) << 4));
                    nuint step = 16 - (16 % (rep0 + 1));
                    do
                    {
                        pattern.StoreUnsafe(ref to, done);
                        done += step;
                    }
                    while (done < (uint)count);
                }
                position += count;
            }
            else
            {
                source += _ringLength;
                for (; count > 0; count--)
                {
                    Unsafe.Add(ref ring, position++) = Unsafe.Add(ref ring, source++);
                    if (source == _ringLength)
                        source = 0;
                }
            }
            previous = Unsafe.Add(ref ring, position - 1);
        }

        inputPosition = (int)at;
        _range = range;
        _code = code;
        _state = state;
        _rep0 = rep0;
        _pending = length;
        Advance(position);
        return at > end ? LzmaFault.InputTooShort : fault;
    }
}
