namespace RpiLive.Core.SquashFs;

/// <summary>One block on its way from the reader over a compressor to the writer.</summary>
internal sealed class BlockJob(int blockSize)
{
    private int _length;
    private volatile bool _completed;

    /// <summary>Room for the content.</summary>
    public byte[] Input { get; } = GC.AllocateUninitializedArray<byte>(blockSize);

    /// <summary>Room for the compressed content.</summary>
    public byte[] Output { get; } = GC.AllocateUninitializedArray<byte>(blockSize);

    /// <summary>Bytes of content.</summary>
    public int Length
    {
        get => _length;
        set
        {
            _length = value;
            _completed = false;
        }
    }

    /// <summary>Bytes of compressed content; 0 when compression does not pay.</summary>
    public int PackedLength { get; private set; }

    /// <summary>The file that the block belongs to; null for a block of fragments.</summary>
    public FileLayout? File { get; set; }

    /// <summary>Number of the block within its file, or of the fragment block.</summary>
    public int Index { get; set; }

    /// <summary>Bytes of file content that the reader had dealt with when it handed over this block.</summary>
    public long ContentDone { get; set; }

    /// <summary>True once compressed.</summary>
    public bool IsCompleted => _completed;

    /// <summary>Bytes to store.</summary>
    public ReadOnlySpan<byte> Stored => PackedLength == 0 ? Input.AsSpan(0, Length) : Output.AsSpan(0, PackedLength);

    /// <summary>Size as inodes and the fragment table hold it.</summary>
    public uint SizeWord => PackedLength == 0 ? (uint)Length | SquashFsFormat.BlockRaw : (uint)PackedLength;

    /// <summary>Notes the outcome; the last thing that a compressor does.</summary>
    public void Complete(int packedLength)
    {
        PackedLength = packedLength;
        _completed = true;
    }
}
