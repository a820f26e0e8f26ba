using RpiLive.Core.Errors;

namespace RpiLive.Core.Packed;

/// <summary>
/// A block that is being unpacked. Guarded by the lock of the <see cref="PackedSource"/>; the unpacker belongs to the thread
/// that has set <see cref="IsRunning"/>.
/// </summary>
internal sealed class BlockJob(int index, PackedBlock block)
{
    private BlockUnpacker? _unpacker;

    public int Index => index;

    /// <summary>Offset in the unpacked image of the next piece.</summary>
    public long Position { get; set; } = block.Offset;

    /// <summary>True while a thread unpacks.</summary>
    public bool IsRunning { get; set; }

    /// <summary>When it last ran.</summary>
    public long Used { get; set; }

    /// <summary>Length of the next piece.</summary>
    public int NextLength => (int)Math.Min(Piece.MaxLength, block.Offset + block.Length - Position);

    /// <summary>Unpacks the next bytes.</summary>
    /// <exception cref="ImageException">The block is damaged, or uses a feature that is not supported.</exception>
    public void Unpack(PackedBlocks blocks, Span<byte> buffer)
    {
        _unpacker ??= blocks.Open(index);
        if (_unpacker.Read(buffer) != buffer.Length)
            throw new InvalidOperationException($"{blocks.Name}: block {index} gave less than its length without an error.");
    }

    /// <summary>Lets go of the unpacker.</summary>
    public void Close() => _unpacker?.Dispose();
}
