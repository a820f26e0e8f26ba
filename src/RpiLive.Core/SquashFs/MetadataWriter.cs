using System.Buffers.Binary;
using RpiLive.Core.Compression;

namespace RpiLive.Core.SquashFs;

/// <summary>Makes a run of compressed metadata blocks of 8 KiB each, in memory.</summary>
internal sealed class MetadataWriter(IBlockCompressor compressor) : IDisposable
{
    private readonly byte[] _block = new byte[SquashFsFormat.MetadataLength];
    private readonly byte[] _packed = new byte[SquashFsFormat.MetadataLength];
    private readonly MemoryStream _output = new();
    private readonly List<long> _blockStarts = [0];
    private int _used;

    /// <summary>Unpacked bytes written so far.</summary>
    public long Position => ((_blockStarts.Count - 1L) * SquashFsFormat.MetadataLength) + _used;

    /// <summary>The blocks; complete after <see cref="Flush"/>.</summary>
    public ReadOnlySpan<byte> Bytes => _output.GetBuffer().AsSpan(0, (int)_output.Length);

    /// <summary>Where each block starts; the last is the end.</summary>
    public IReadOnlyList<long> BlockStarts => _blockStarts;

    /// <summary>Start of the block that holds the byte at <paramref name="position"/>, which is not past <see cref="Position"/>.</summary>
    public long BlockStart(long position) => _blockStarts[(int)(position / SquashFsFormat.MetadataLength)];

    /// <summary>The position in the form of inode and xattr references.</summary>
    public ulong Reference(long position) => ((ulong)BlockStart(position) << 16) | (ulong)(position % SquashFsFormat.MetadataLength);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int count = Math.Min(bytes.Length, _block.Length - _used);
            bytes[..count].CopyTo(_block.AsSpan(_used));
            _used += count;
            bytes = bytes[count..];
            if (_used == _block.Length)
                Flush();
        }
    }

    /// <summary>Ends the last block.</summary>
    public void Flush()
    {
        if (_used == 0)
            return;
        ReadOnlySpan<byte> block = _block.AsSpan(0, _used);
        int packed = compressor.Compress(block, _packed);
        Span<byte> header = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)(packed == 0 ? _used | SquashFsFormat.MetadataRaw : packed));
        _output.Write(header);
        _output.Write(packed == 0 ? block : _packed.AsSpan(0, packed));
        _blockStarts.Add(_output.Length);
        _used = 0;
    }

    public void Dispose() => _output.Dispose();
}
