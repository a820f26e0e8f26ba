using System.Security.Cryptography;

namespace RpiLive.Core.Streams;

/// <summary>SHA-256 of a whole source.</summary>
public static class SourceHash
{
    /// <summary>Reads the source from start to end and hashes it.</summary>
    /// <param name="source">The source.</param>
    /// <param name="done">Called with the number of bytes hashed so far; may be null.</param>
    /// <param name="cancellation">Stops the work between pieces of 1 MiB.</param>
    /// <returns>Lower-case hex.</returns>
    public static string Sha256(RandomAccessSource source, Action<long>? done, CancellationToken cancellation)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        SourcePieces.Read(source, hash.AppendData, done, cancellation);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
