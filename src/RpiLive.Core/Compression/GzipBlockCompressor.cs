using System.IO.Compression;

namespace RpiLive.Core.Compression;

/// <summary>Makes one zlib stream a block.</summary>
internal sealed class GzipBlockCompressor(int level, int maxBlockLength) : IBlockCompressor
{
    private readonly ZLibCompressionOptions _options = new() { CompressionLevel = level };
    private readonly FixedStream _output = new(maxBlockLength);

    public int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        _output.Reset(Math.Min(source.Length - 1, destination.Length));
        using (ZLibStream stream = new(_output, _options, leaveOpen: true))
            stream.Write(source);
        if (_output.Overflowed)
            return 0;
        _output.Written.CopyTo(destination);
        return _output.Written.Length;
    }

    public void Dispose() => _output.Dispose();

    /// <summary>Takes up to a number of bytes and drops the rest: an exception for each block that does not shrink would be dear.</summary>
    private sealed class FixedStream(int capacity) : Stream
    {
        private readonly byte[] _bytes = new byte[capacity];
        private int _limit;
        private int _length;

        public bool Overflowed { get; private set; }

        public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public void Reset(int limit)
        {
            _limit = Math.Min(limit, _bytes.Length);
            _length = 0;
            Overflowed = false;
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Overflowed |= buffer.Length > _limit - _length;
            if (Overflowed)
                return;
            buffer.CopyTo(_bytes.AsSpan(_length));
            _length += buffer.Length;
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
