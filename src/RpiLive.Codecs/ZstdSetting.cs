namespace RpiLive.Codecs;

/// <summary>A compression level, with what is set otherwise than the library does for it.</summary>
/// <param name="Level">1 to 22.</param>
/// <param name="SearchLog">Depth of the search for matches, as a power of two; null for the level's own.</param>
/// <param name="TargetLength">Length of a match that ends the search; null for the level's own.</param>
/// <param name="HashLog">Entries of the hash table, as a power of two; null for the level's own.</param>
/// <param name="ChainLog">Entries of the binary tree or of the chains, as a power of two; null for the level's own.</param>
internal readonly record struct ZstdSetting(int Level, int? SearchLog = null, int? TargetLength = null, int? HashLog = null, int? ChainLog = null);
