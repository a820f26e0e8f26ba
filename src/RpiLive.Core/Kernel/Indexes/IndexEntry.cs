namespace RpiLive.Core.Kernel.Indexes;

/// <summary>One value of an index.</summary>
/// <param name="Key">What is looked up; ASCII.</param>
/// <param name="Value">What is found; each character is one byte, none is zero.</param>
/// <param name="Priority">Place among the values of a key, lowest first.</param>
internal readonly record struct IndexEntry(string Key, string Value, int Priority);
