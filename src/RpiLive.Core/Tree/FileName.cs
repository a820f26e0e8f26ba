using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace RpiLive.Core.Tree;

/// <summary>
/// One name in a directory, as the bytes that the guest's file system stores: mostly UTF-8, but Linux demands only that
/// it holds neither a zero byte nor a slash. Ordered by unsigned bytes, as SquashFS wants it.
/// </summary>
public readonly struct FileName : IEquatable<FileName>, IComparable<FileName>
{
    /// <summary>The most bytes a name can have on Linux.</summary>
    public const int MaxLength = 255;

    private readonly byte[]? _bytes;

    /// <summary>Takes a copy of the bytes.</summary>
    public FileName(ReadOnlySpan<byte> bytes) => _bytes = bytes.ToArray();

    /// <summary>Takes the UTF-8 form of <paramref name="name"/>.</summary>
    public FileName(string name) => _bytes = Encoding.UTF8.GetBytes(name);

    /// <summary>The bytes of the name.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>True for a name that Linux allows in a directory: 1 to 255 bytes, no zero, no slash, not <c>.</c> or <c>..</c>.</summary>
    public bool IsValid => Bytes.Length is > 0 and <= MaxLength && Bytes.IndexOfAny((byte)0, (byte)'/') < 0
        && !Bytes.SequenceEqual("."u8) && !Bytes.SequenceEqual(".."u8);

    /// <summary>Makes a name from text.</summary>
    [SuppressMessage("Usage", "CA2225", Justification = "The constructor is the alternative.")]
    public static implicit operator FileName(string name) => new(name);

    /// <summary>Equality by bytes.</summary>
    public static bool operator ==(FileName left, FileName right) => left.Equals(right);

    /// <summary>Inequality by bytes.</summary>
    public static bool operator !=(FileName left, FileName right) => !left.Equals(right);

    /// <summary>Order by bytes.</summary>
    public static bool operator <(FileName left, FileName right) => left.CompareTo(right) < 0;

    /// <summary>Order by bytes.</summary>
    public static bool operator >(FileName left, FileName right) => left.CompareTo(right) > 0;

    /// <summary>Order by bytes.</summary>
    public static bool operator <=(FileName left, FileName right) => left.CompareTo(right) <= 0;

    /// <summary>Order by bytes.</summary>
    public static bool operator >=(FileName left, FileName right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public int CompareTo(FileName other) => Bytes.SequenceCompareTo(other.Bytes);

    /// <inheritdoc/>
    public bool Equals(FileName other) => Bytes.SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is FileName other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(Bytes);
        return hash.ToHashCode();
    }

    /// <summary>The name as text; bytes that are no UTF-8 show as U+FFFD.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Bytes);
}
