using RpiLive.Core.Errors;

namespace RpiLive.Core.Packed;

/// <summary>
/// A compressed image that is cut in blocks, each of which unpacks without the others: an .xz file by its index, a .zst file
/// by its seek table. All members are safe to call from several threads at once.
/// </summary>
public abstract class PackedBlocks : IDisposable
{
    /// <summary>What errors call the packed file.</summary>
    public abstract string Name { get; }

    /// <summary>The blocks in the order of the unpacked image, without gaps or overlaps.</summary>
    public abstract IReadOnlyList<PackedBlock> Blocks { get; }

    /// <summary>Size of the unpacked image in bytes.</summary>
    public long Length => Blocks.Count == 0 ? 0 : Blocks[^1].Offset + Blocks[^1].Length;

    /// <summary>Starts to unpack one block.</summary>
    /// <param name="index">Index into <see cref="Blocks"/>.</param>
    /// <exception cref="ImageException">The start of the block is damaged, or it uses a feature that is not supported.</exception>
    public abstract BlockUnpacker Open(int index);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of the packed file.</summary>
    /// <param name="disposing">True when called from <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
