using System.Diagnostics.CodeAnalysis;

namespace RpiLive.Core.SquashFs;

/// <summary>Equality of arrays by their bytes.</summary>
internal sealed class ByteArrayComparer : IEqualityComparer<byte[]>
{
    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode([DisallowNull] byte[] obj)
    {
        HashCode hash = default;
        hash.AddBytes(obj);
        return hash.ToHashCode();
    }
}
