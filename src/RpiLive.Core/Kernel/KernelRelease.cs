namespace RpiLive.Core.Kernel;

/// <summary>Rules about kernel releases such as <c>6.12.47+rpt-rpi-v8</c>.</summary>
internal static class KernelRelease
{
    /// <summary>The most characters of a release, as Linux has it (__NEW_UTS_LEN).</summary>
    public const int MaxLength = 64;

    /// <summary>True when the text can be a release: it is used as a directory name.</summary>
    public static bool IsValid(string release) => release.Length is > 0 and <= MaxLength && char.IsAsciiDigit(release[0])
        && release.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '+' or '-' or '_' or '~');

    /// <summary>Orders releases as versions: runs of digits by value, all else by character.</summary>
    public static int Compare(string left, string right)
    {
        int i = 0, j = 0;
        while (i < left.Length && j < right.Length)
        {
            int order;
            if (char.IsAsciiDigit(left[i]) && char.IsAsciiDigit(right[j]))
            {
                ReadOnlySpan<char> a = Digits(left, ref i), b = Digits(right, ref j);
                order = a.Length != b.Length ? a.Length - b.Length : a.SequenceCompareTo(b);
            }
            else
                order = left[i++] - right[j++];
            if (order != 0)
                return order;
        }
        return left.Length - i - (right.Length - j);
    }

    private static ReadOnlySpan<char> Digits(string text, ref int position)
    {
        int start = position;
        while (position < text.Length && char.IsAsciiDigit(text[position]))
            position++;
        return text.AsSpan(start, position - start).TrimStart('0');
    }
}
