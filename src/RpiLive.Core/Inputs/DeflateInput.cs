using RpiLive.Core.Streams;

namespace RpiLive.Core.Inputs;

/// <summary>
/// Feeds a DeflateStream so that one can tell where its data end, which the class does not say. It asks for more only when it
/// has used up what it got; so where the one byte before a possible end is served alone, having asked for that byte and for
/// none after it means that the data end exactly there.
/// </summary>
/// <param name="source">What holds the data.</param>
/// <param name="start">First byte of the data.</param>
/// <param name="step">How many bytes to serve at an offset, from 1 to a given maximum.</param>
/// <param name="cancellation">Ends every further read.</param>
internal sealed class DeflateInput(RandomAccessSource source, long start, Func<long, int, int> step, CancellationToken cancellation) : ReadOnlyStream
{
    private long _position = start;
    private int _lastCount;

    /// <summary>Offset after the bytes served so far.</summary>
    public long Offset => _position;

    /// <summary>Where the last bytes served begin. Once the data have ended, the end lies between here and <see cref="Offset"/>.</summary>
    public long LastOffset => _position - _lastCount;

    /// <summary>True when the data end exactly at <see cref="Offset"/>, once they have ended.</summary>
    public bool EndIsExact => _lastCount == 1 && !RanOut;

    /// <summary>True when the source ended before the data did.</summary>
    public bool RanOut { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_position >= source.Length)
        {
            RanOut = true;
            return 0;
        }
        int max = (int)Math.Min(buffer.Length, source.Length - _position);
        _lastCount = step(_position, max);
        source.ReadExactly(_position, buffer[.._lastCount]);
        _position += _lastCount;
        return _lastCount;
    }
}
