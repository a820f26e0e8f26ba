using System.Buffers.Binary;
using System.Numerics;

namespace RpiLive.Core.Inputs;

/// <summary>XXH64 with seed 0 (xxHash specification 0.1.1), for the seek tables of .zst files.</summary>
internal sealed class Xxh64
{
    private const ulong Prime1 = 0x9E3779B185EBCA87, Prime2 = 0xC2B2AE3D27D4EB4F, Prime3 = 0x165667B19E3779F9;
    private const ulong Prime4 = 0x85EBCA77C2B2AE63, Prime5 = 0x27D4EB2F165667C5;
    private const int StripeLength = 32;

    private readonly byte[] _pending = new byte[StripeLength];
    private ulong _a = unchecked(Prime1 + Prime2), _b = Prime2, _c, _d = unchecked(0 - Prime1);
    private int _pendingLength;
    private ulong _length;

    /// <summary>Takes the next bytes in.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        _length += (ulong)bytes.Length;
        if (_pendingLength > 0)
        {
            int count = Math.Min(StripeLength - _pendingLength, bytes.Length);
            bytes[..count].CopyTo(_pending.AsSpan(_pendingLength));
            _pendingLength += count;
            bytes = bytes[count..];
            if (_pendingLength < StripeLength)
                return;
            TakeStripe(_pending);
        }
        for (; bytes.Length >= StripeLength; bytes = bytes[StripeLength..])
            TakeStripe(bytes);
        bytes.CopyTo(_pending);
        _pendingLength = bytes.Length;
    }

    /// <summary>The hash of everything taken in.</summary>
    public ulong Finish()
    {
        ulong hash = Prime5;
        if (_length >= StripeLength)
        {
            hash = BitOperations.RotateLeft(_a, 1) + BitOperations.RotateLeft(_b, 7) + BitOperations.RotateLeft(_c, 12) + BitOperations.RotateLeft(_d, 18);
            foreach (ulong lane in (ReadOnlySpan<ulong>)[_a, _b, _c, _d])
                hash = (hash ^ Round(0, lane)) * Prime1 + Prime4;
        }
        hash += _length;
        ReadOnlySpan<byte> rest = _pending.AsSpan(0, _pendingLength);
        for (; rest.Length >= 8; rest = rest[8..])
            hash = BitOperations.RotateLeft(hash ^ Round(0, BinaryPrimitives.ReadUInt64LittleEndian(rest)), 27) * Prime1 + Prime4;
        if (rest.Length >= 4)
        {
            hash = BitOperations.RotateLeft(hash ^ (BinaryPrimitives.ReadUInt32LittleEndian(rest) * Prime1), 23) * Prime2 + Prime3;
            rest = rest[4..];
        }
        foreach (byte value in rest)
            hash = BitOperations.RotateLeft(hash ^ (value * Prime5), 11) * Prime1;
        hash = (hash ^ (hash >> 33)) * Prime2;
        hash = (hash ^ (hash >> 29)) * Prime3;
        return hash ^ (hash >> 32);
    }

    private static ulong Round(ulong lane, ulong input) => BitOperations.RotateLeft(lane + input * Prime2, 31) * Prime1;

    private void TakeStripe(ReadOnlySpan<byte> stripe)
    {
        _a = Round(_a, BinaryPrimitives.ReadUInt64LittleEndian(stripe));
        _b = Round(_b, BinaryPrimitives.ReadUInt64LittleEndian(stripe[8..]));
        _c = Round(_c, BinaryPrimitives.ReadUInt64LittleEndian(stripe[16..]));
        _d = Round(_d, BinaryPrimitives.ReadUInt64LittleEndian(stripe[24..]));
    }
}
