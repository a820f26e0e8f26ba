namespace RpiLive.Core.Ext4;

/// <summary>One change that a fast commit has recorded.</summary>
internal readonly record struct FastCommitRecord(FastCommitTag Tag, byte[] Value);
