namespace RpiLive.Core.Debian.Packages;

/// <summary>Finds what somebody may have meant by a name that is none.</summary>
internal static class NearNames
{
    private const int MaxNames = 3, MaxDistance = 2;

    /// <summary>Up to three names: those that differ by one or two letters, then those that begin with <paramref name="name"/> and a hyphen or digit.</summary>
    public static IReadOnlyList<string> Find(string name, IEnumerable<string> names)
    {
        if (name.Length is 0 or > PackageName.MaxLength)
            return [];
        name = name.ToLowerInvariant();
        // Two of three letters may not differ: that would be any name.
        int limit = Math.Min(MaxDistance, name.Length / 3);
        List<(int Distance, string Name)> near = [];
        foreach (string candidate in names)
        {
            int distance = Math.Abs(candidate.Length - name.Length) <= limit ? Distance(name, candidate, limit) : limit + 1;
            if (distance > limit && Continues(candidate, name))
                distance = MaxDistance + candidate.Length - name.Length;
            else if (distance > limit)
                continue;
            near.Add((distance, candidate));
        }
        return [.. near.OrderBy(item => item.Distance).ThenBy(item => item.Name, StringComparer.Ordinal).Take(MaxNames).Select(item => item.Name)];
    }

    private static bool Continues(string candidate, string name) => candidate.Length > name.Length
        && candidate.StartsWith(name, StringComparison.Ordinal) && (candidate[name.Length] == '-' || char.IsAsciiDigit(candidate[name.Length]));

    /// <summary>Letters to add, drop, replace or swap with the next, at the least; more than <paramref name="limit"/> for any number above it.</summary>
    private static int Distance(ReadOnlySpan<char> left, ReadOnlySpan<char> right, int limit)
    {
        Span<int> before = stackalloc int[right.Length + 1], above = stackalloc int[right.Length + 1], row = stackalloc int[right.Length + 1];
        for (int j = 0; j <= right.Length; j++)
            above[j] = j;
        for (int i = 1; i <= left.Length; i++)
        {
            row[0] = i;
            int best = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int cost = left[i - 1] == right[j - 1] ? 0 : 1;
                row[j] = Math.Min(Math.Min(above[j], row[j - 1]) + 1, above[j - 1] + cost);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                best = Math.Min(best, row[j]);
            }
            if (best > limit)
                return best;
            Span<int> free = before;
            before = above;
            above = row;
            row = free;
        }
        return above[right.Length];
    }
}
