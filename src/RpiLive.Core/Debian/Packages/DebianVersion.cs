using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace RpiLive.Core.Debian.Packages;

/// <summary>
/// The version of a package, <c>[epoch:]upstream[-revision]</c>, in the order of Debian Policy 5.6.12. Versions that compare
/// as equal are equal, so <c>1.0</c>, <c>0:1.0</c>, <c>1.00</c> and <c>1.0-0</c> are one version; <see cref="Text"/> keeps how it was written.
/// </summary>
public sealed class DebianVersion : IComparable<DebianVersion>, IEquatable<DebianVersion>
{
    /// <summary>Characters that a version may have. Debian sets no limit; its longest have some 60.</summary>
    public const int MaxLength = 512;

    private const string Plain = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.+~";

    private static readonly SearchValues<char> s_plain = SearchValues.Create(Plain), s_upstream = SearchValues.Create(Plain + "-:");

    private readonly int _upstream, _revision;

    private DebianVersion(string text, int epoch, int upstream, int revision)
    {
        Text = text;
        Epoch = epoch;
        _upstream = upstream;
        _revision = revision;
    }

    /// <summary>The version as it was written.</summary>
    public string Text { get; }

    /// <summary>The epoch; 0 where none is written. dpkg takes no larger one than <see cref="int.MaxValue"/>.</summary>
    public int Epoch { get; }

    /// <summary>The upstream version.</summary>
    public ReadOnlySpan<char> Upstream => Text.AsSpan(_upstream, (_revision < 0 ? Text.Length : _revision - 1) - _upstream);

    /// <summary>The Debian revision; empty where none is written, which compares as <c>0</c>.</summary>
    public ReadOnlySpan<char> Revision => _revision < 0 ? default : Text.AsSpan(_revision);

    /// <summary>Reads a version.</summary>
    /// <exception cref="FormatException">Not a version; the message quotes it and says why.</exception>
    public static DebianVersion Parse(string text) =>
        Read(text, out string? error) ?? throw new FormatException($"'{Quotation.Shorten(text)}' is not a version: {error}");

    /// <summary>Reads a version; false where <paramref name="text"/> is none.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out DebianVersion? version) => (version = Read(text, out _)) is not null;

    /// <inheritdoc/>
    public int CompareTo(DebianVersion? other)
    {
        if (other is null)
            return 1;
        int order = Epoch.CompareTo(other.Epoch);
        if (order == 0)
            order = Compare(Upstream, other.Upstream);
        return order != 0 ? order : Compare(Revision, other.Revision);
    }

    /// <inheritdoc/>
    public bool Equals(DebianVersion? other) => other is not null && CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DebianVersion);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(Epoch);
        Add(ref hash, Upstream);
        hash.Add('-');
        Add(ref hash, Revision);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>True where both are equal in the order of versions.</summary>
    public static bool operator ==(DebianVersion? left, DebianVersion? right) => left is null ? right is null : left.Equals(right);

    /// <summary>True unless both are equal in the order of versions.</summary>
    public static bool operator !=(DebianVersion? left, DebianVersion? right) => !(left == right);

    /// <summary>True where <paramref name="left"/> is earlier.</summary>
    public static bool operator <(DebianVersion left, DebianVersion right) => left.CompareTo(right) < 0;

    /// <summary>True where <paramref name="left"/> is earlier or equal.</summary>
    public static bool operator <=(DebianVersion left, DebianVersion right) => left.CompareTo(right) <= 0;

    /// <summary>True where <paramref name="left"/> is later.</summary>
    public static bool operator >(DebianVersion left, DebianVersion right) => left.CompareTo(right) > 0;

    /// <summary>True where <paramref name="left"/> is later or equal.</summary>
    public static bool operator >=(DebianVersion left, DebianVersion right) => left.CompareTo(right) >= 0;

    private static DebianVersion? Read(string text, out string? error)
    {
        int epoch = 0, upstream = 0;
        if (text.Length > MaxLength)
        {
            error = $"it has more than {MaxLength} characters";
            return null;
        }
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0)
        {
            if (!int.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out epoch))
            {
                error = "what stands before the colon is no epoch";
                return null;
            }
            upstream = colon + 1;
        }
        int hyphen = text.LastIndexOf('-');
        // With the hyphen in the epoch, which cannot be, there would be no upstream version to split.
        int revision = hyphen >= upstream ? hyphen + 1 : -1;
        ReadOnlySpan<char> upstreamText = text.AsSpan(upstream, (revision < 0 ? text.Length : hyphen) - upstream);
        error = upstreamText.IsEmpty ? "the upstream version is missing"
            : revision == text.Length ? "the revision after the hyphen is missing"
            : upstreamText.ContainsAnyExcept(s_upstream) || (revision >= 0 && text.AsSpan(revision).ContainsAnyExcept(s_plain)) ? "it has a character that versions cannot have"
            : null;
        return error is null ? new(text, epoch, upstream, revision) : null;
    }

    /// <summary>Runs of other characters and runs of digits take turns: the first compare by <see cref="Weight"/>, the second as numbers.</summary>
    private static int Compare(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        while (!left.IsEmpty || !right.IsEmpty)
        {
            for (int i = 0; ; i++)
            {
                int leftWeight = Weight(left, i), rightWeight = Weight(right, i);
                if (leftWeight != rightWeight)
                    return leftWeight.CompareTo(rightWeight);
                if (leftWeight == 0)
                {
                    left = left[i..];
                    right = right[i..];
                    break;
                }
            }
            ReadOnlySpan<char> leftNumber = TakeNumber(ref left), rightNumber = TakeNumber(ref right);
            int order = leftNumber.Length.CompareTo(rightNumber.Length);
            if (order == 0)
                order = leftNumber.SequenceCompareTo(rightNumber);
            if (order != 0)
                return order;
        }
        return 0;
    }

    /// <summary>The tilde before the end of a run, which is 0, then letters, then everything else.</summary>
    private static int Weight(ReadOnlySpan<char> part, int index)
    {
        if (index >= part.Length || char.IsAsciiDigit(part[index]))
            return 0;
        char c = part[index];
        return c == '~' ? -1 : char.IsAsciiLetter(c) ? c : c + 256;
    }

    /// <summary>The digits at the start, without leading zeros: of two such, the longer is the larger number.</summary>
    private static ReadOnlySpan<char> TakeNumber(ref ReadOnlySpan<char> part)
    {
        int end = part.IndexOfAnyExceptInRange('0', '9');
        ReadOnlySpan<char> number = end < 0 ? part : part[..end];
        part = part[number.Length..];
        return number.TrimStart('0');
    }

    /// <summary>Leading zeros stay out, as they do in <see cref="Compare"/>.</summary>
    private static void Add(ref HashCode hash, ReadOnlySpan<char> part)
    {
        bool inNumber = false;
        foreach (char c in part)
        {
            if (c == '0' && !inNumber)
                continue;
            inNumber = char.IsAsciiDigit(c);
            hash.Add(c);
        }
    }
}
