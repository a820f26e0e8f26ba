using System.Security.Cryptography;
using RpiLive.Core.Streams;

namespace RpiLive.Tests.Ext4.Making;

/// <summary>Counts and hashes what is written, and keeps nothing.</summary>
internal sealed class RecordingTarget : RandomAccessTarget
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public override string Name => "store";

    public long Written { get; private set; }

    public long End { get; private set; }

    /// <summary>True once something was written where the superblock lies.</summary>
    public bool HasSuperblock { get; private set; }

    public string Hash => Convert.ToHexString(_hash.GetCurrentHash());

    public override void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(BitConverter.GetBytes(offset));
        _hash.AppendData(bytes);
        HasSuperblock |= offset < 2048;
        Written += bytes.Length;
        End = Math.Max(End, offset + bytes.Length);
    }
}
