using System.Text;

namespace RpiLive.Core.Kernel.Indexes;

/// <summary>
/// The order in which depmod(8) goes through its hash tables: by bucket, and in a bucket by name. It shows in the lines of
/// modules.symbols and in the place of modules that modules.order does not list; nothing depends on it but equality with
/// depmod's own files. The hash is Paul Hsieh's "SuperFastHash", as published by him.
/// </summary>
internal static class BucketOrder
{
    /// <summary>Buckets of the tables, as seen in what depmod makes.</summary>
    public const int ModuleBuckets = 512, SymbolBuckets = 2048;

    /// <summary>Puts things into the order of a table.</summary>
    /// <param name="items">What to order.</param>
    /// <param name="name">The ASCII name of a thing.</param>
    /// <param name="buckets">Buckets of the table, a power of two.</param>
    public static IEnumerable<T> Sort<T>(IEnumerable<T> items, Func<T, string> name, int buckets) =>
        items.OrderBy(item => Hash(Encoding.ASCII.GetBytes(name(item))) & (buckets - 1)).ThenBy(name, StringComparer.Ordinal);

    private static uint Hash(ReadOnlySpan<byte> bytes)
    {
        uint hash = (uint)bytes.Length;
        for (; bytes.Length >= 4; bytes = bytes[4..])
        {
            hash += Pair(bytes);
            hash = (hash << 16) ^ hash ^ (Pair(bytes[2..]) << 11);
            hash += hash >> 11;
        }
        if (bytes.Length == 1)
        {
            hash += bytes[0];
            hash ^= hash << 10;
            hash += hash >> 1;
        }
        else if (bytes.Length > 1)
        {
            hash += Pair(bytes);
            hash ^= bytes.Length == 2 ? hash << 11 : (hash << 16) ^ ((uint)bytes[2] << 18);
            hash += hash >> (bytes.Length == 2 ? 17 : 11);
        }
        hash ^= hash << 3;
        hash += hash >> 5;
        hash ^= hash << 4;
        hash += hash >> 17;
        hash ^= hash << 25;
        return hash + (hash >> 6);
    }

    private static uint Pair(ReadOnlySpan<byte> bytes) => bytes[0] | (uint)bytes[1] << 8;
}
