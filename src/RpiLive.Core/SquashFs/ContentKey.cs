using System.Runtime.InteropServices;

namespace RpiLive.Core.SquashFs;

/// <summary>Identity of file content: its length and SHA-256.</summary>
internal readonly record struct ContentKey(long Length, UInt128 High, UInt128 Low)
{
    public static ContentKey From(long length, ReadOnlySpan<byte> sha256)
    {
        ReadOnlySpan<UInt128> halves = MemoryMarshal.Cast<byte, UInt128>(sha256);
        return new ContentKey(length, halves[0], halves[1]);
    }
}
