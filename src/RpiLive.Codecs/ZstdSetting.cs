namespace RpiLive.Codecs;

/// <summary>A compression level, with what is set otherwise than the library does for it.</summary>
/// <param name="Level">1 to 22.</param>
/// <param name="SearchLog">Depth of the search for matches, as a power of two; null for the level's own.</param>
/// <param name="TargetLength">Length of a match that ends the search; null for the level's own.</param>
/// <param name="HashLog">Entries of the hash table, as a power of two; null for the level's own.</param>
/// <param name="ChainLog">Entries of the binary tree or of the chains, as a power of two; null for the level's own.</param>
internal readonly record struct ZstdSetting(int Level, int? SearchLog = null, int? TargetLength = null, int? HashLog = null, int? ChainLog = null)
{
    /// <summary>What is set otherwise, by the library's numbers for its parameters (<c>ZSTD_cParameter</c> in zstd.h).</summary>
    public IEnumerable<(int Parameter, int Value)> Changes
    {
        get
        {
            (int Parameter, int? Value)[] all = [(102, HashLog), (103, ChainLog), (104, SearchLog), (106, TargetLength)];
            foreach ((int parameter, int? value) in all)
            {
                if (value is { } known)
                    yield return (parameter, known);
            }
        }
    }
}
