using System.Runtime.CompilerServices;
using System.Text;
using RpiLive.Core.Errors;

namespace RpiLive.Core.Debian.Packages;

/// <summary>
/// Reads paragraphs of fields, the format of control files and indexes (deb822(5)), from a stream, one at a time and without
/// making strings. Spans that it hands out live until the next <see cref="Read"/>.
/// </summary>
internal sealed class ControlReader
{
    /// <summary>Bytes that a paragraph may have; the largest of Debian has under 100 KB.</summary>
    public const int MaxParagraphLength = 4 << 20;

    /// <summary>Fields that a paragraph may have; those of Debian have up to 40.</summary>
    public const int MaxFields = 1000;

    private readonly Stream _stream;
    private readonly Func<string, ImageException> _damaged;
    private ControlField[] _fields = new ControlField[64];
    private byte[] _input = new byte[64 << 10], _text = new byte[4 << 10];
    private int _start, _end, _length;
    private long _line;

    /// <summary>Takes a stream, from where it stands.</summary>
    /// <param name="stream">Read to its end, not disposed.</param>
    /// <param name="damaged">Makes the error from what is wrong, without full stop.</param>
    public ControlReader(Stream stream, Func<string, ImageException> damaged)
    {
        _stream = stream;
        _damaged = damaged;
    }

    /// <summary>The number of fields of the paragraph.</summary>
    public int FieldCount { get; private set; }

    /// <summary>The number of the line that was read last, from 1.</summary>
    public long Line => _line;

    /// <summary>The name of a field as it is written.</summary>
    public ReadOnlySpan<byte> Name(int index) => _text.AsSpan(_fields[index].Name, _fields[index].NameLength);

    /// <summary>The value of a field, without spaces around it; further lines follow after a line feed, with their first space.</summary>
    public ReadOnlySpan<byte> Value(int index) => _text.AsSpan(_fields[index].Value, _fields[index].ValueLength);

    /// <summary>The error that the source is damaged in this paragraph.</summary>
    public ImageException Damaged(string what) => _damaged($"{what}, in the paragraph that ends in line {_line}");

    /// <summary>Goes to the next paragraph; false at the end.</summary>
    /// <exception cref="ImageException">Not a sound paragraph.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Read()
    {
        _length = 0;
        FieldCount = 0;
        while (NextLine(out ReadOnlySpan<byte> line))
        {
            if (line.IsEmpty)
            {
                if (FieldCount > 0)
                    return true;
            }
            else if (line[0] == '#')
                continue;
            else if (line[0] is (byte)' ' or (byte)'\t')
                Continue(line);
            else
                AddField(line);
        }
        return FieldCount > 0;
    }

    private void Continue(ReadOnlySpan<byte> line)
    {
        if (FieldCount == 0)
            throw _damaged($"line {_line} continues a field, but there is none");
        Append("\n"u8);
        Append(line);
        ref ControlField field = ref _fields[FieldCount - 1];
        field = field with { ValueLength = _length - field.Value };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddField(ReadOnlySpan<byte> line)
    {
        int colon = line.IndexOf((byte)':');
        if (colon <= 0 || line[0] == '-' || line[..colon].ContainsAnyExceptInRange((byte)'!', (byte)'~'))
            throw _damaged($"line {_line} is no field: '{Quotation.Shorten(Encoding.UTF8.GetString(line))}'");
        if (FieldCount == MaxFields)
            throw _damaged($"the paragraph of line {_line} has more than {MaxFields} fields");
        ReadOnlySpan<byte> value = line[(colon + 1)..].TrimStart(" \t"u8);
        int name = Append(line[..colon]);
        if (FieldCount == _fields.Length)
            Array.Resize(ref _fields, FieldCount * 2);
        _fields[FieldCount++] = new(name, colon, Append(value), value.Length);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Append(ReadOnlySpan<byte> bytes)
    {
        int position = _length;
        if (bytes.Length > MaxParagraphLength - position)
            throw _damaged($"the paragraph of line {_line} has more than {MaxParagraphLength:N0} bytes");
        if (bytes.Length > _text.Length - position)
            Array.Resize(ref _text, Math.Max(_text.Length * 2, position + bytes.Length));
        bytes.CopyTo(_text.AsSpan(position));
        _length += bytes.Length;
        return position;
    }

    /// <summary>A line without its end and without spaces before that.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool NextLine(out ReadOnlySpan<byte> line)
    {
        int searched = 0;
        while (true)
        {
            int feed = _input.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            searched = feed >= 0 ? searched + feed : _end - _start;
            if (feed < 0 && Fill())
                continue;
            line = _input.AsSpan(_start, searched).TrimEnd(" \t\r"u8);
            _start += searched + (feed >= 0 ? 1 : 0);
            _line++;
            return feed >= 0 || searched > 0;
        }
    }

    /// <summary>Reads more behind what is there; false at the end.</summary>
    private bool Fill()
    {
        int kept = _end - _start;
        if (kept > MaxParagraphLength)
            throw _damaged($"line {_line + 1} has more than {MaxParagraphLength:N0} bytes");
        if (kept == _input.Length)
            Array.Resize(ref _input, kept * 2);
        else
            _input.AsSpan(_start, kept).CopyTo(_input);
        (_start, _end) = (0, kept);
        int count = _stream.Read(_input, _end, _input.Length - _end);
        _end += count;
        return count > 0;
    }
}
