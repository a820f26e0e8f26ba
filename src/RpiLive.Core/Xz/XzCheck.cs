using System.Buffers.Binary;
using System.Security.Cryptography;
using RpiLive.Core.Checksums;

namespace RpiLive.Core.Xz;

/// <summary>The check of a block's content.</summary>
internal sealed class XzCheck(int type) : IDisposable
{
    private readonly IncrementalHash? _sha256 = type == XzFormat.CheckSha256 ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
    private ulong _crc;

    /// <summary>True for the types that the format defines; sizes are defined for the others too.</summary>
    public static bool IsKnown(int type) => type is XzFormat.CheckNone or XzFormat.CheckCrc32 or XzFormat.CheckCrc64 or XzFormat.CheckSha256;

    /// <summary>Takes the next bytes of the content.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (type == XzFormat.CheckCrc64)
            _crc = Crc64.Update(_crc, bytes);
        else if (type == XzFormat.CheckCrc32)
            _crc = Crc32.Update((uint)_crc, bytes);
        else
            _sha256?.AppendData(bytes);
    }

    /// <summary>True when the content has the check that is stored behind it.</summary>
    public bool Matches(ReadOnlySpan<byte> stored)
    {
        if (type == XzFormat.CheckCrc64)
            return _crc == BinaryPrimitives.ReadUInt64LittleEndian(stored);
        if (type == XzFormat.CheckCrc32)
            return _crc == BinaryPrimitives.ReadUInt32LittleEndian(stored);
        if (_sha256 is null)
            return true;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        _sha256.GetHashAndReset(hash);
        return hash.SequenceEqual(stored);
    }

    public void Dispose() => _sha256?.Dispose();
}
