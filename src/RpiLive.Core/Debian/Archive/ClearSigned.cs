using RpiLive.Core.Errors;

namespace RpiLive.Core.Debian.Archive;

/// <summary>
/// The parts of a clear-signed file (RFC 9580, 7). Taken strictly: the file begins with the header and has nothing after the
/// signatures, so that nobody can take for signed what is not.
/// </summary>
public sealed class ClearSigned
{
    private const int MaxLineLength = 1 << 16;

    private ClearSigned(byte[] text, byte[] signedBytes, byte[] signatures)
    {
        Text = text;
        SignedBytes = signedBytes;
        Signatures = signatures;
    }

    /// <summary>The text: without dash escapes and blanks at the ends of lines, each line ended by a line feed.</summary>
    public byte[] Text { get; }

    /// <summary>What the signatures are over: the text with CR LF between lines and none at the end.</summary>
    public byte[] SignedBytes { get; }

    /// <summary>The packets of the signatures.</summary>
    public byte[] Signatures { get; }

    private static ReadOnlySpan<byte> Header => "-----BEGIN PGP SIGNED MESSAGE-----"u8;

    private static ReadOnlySpan<byte> SignatureHeader => "-----BEGIN PGP SIGNATURE-----"u8;

    /// <summary>Takes a file apart; nothing is verified yet.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="ImageException"><see cref="ErrorIds.SignatureInvalid"/>: not a clear-signed file, or more than that.</exception>
    public static ClearSigned Read(ReadOnlySpan<byte> file, string name)
    {
        LineReader lines = new(file);
        if (!lines.TryRead(out ReadOnlySpan<byte> line) || !Trim(line).SequenceEqual(Header))
            throw ReleaseErrors.Distrusted(name, "it does not begin as a clear-signed file does");
        do
        {
            if (!lines.TryRead(out line))
                throw CutShort(name);
            if (!Trim(line).IsEmpty && !line.StartsWith("Hash: "u8))
                throw ReleaseErrors.Distrusted(name, "a header other than Hash stands before the signed text");
        }
        while (!Trim(line).IsEmpty);
        (byte[] text, byte[] signedBytes) = ReadText(ref lines, name);
        byte[]? signatures = Armor.ReadBody(ref lines, "SIGNATURE");
        if (signatures is null)
            throw ReleaseErrors.Distrusted(name, "its signatures are damaged");
        while (lines.TryRead(out line))
        {
            if (!Trim(line).IsEmpty)
                throw ReleaseErrors.Distrusted(name, "there is something after the signatures");
        }
        return new ClearSigned(text, signedBytes, signatures);
    }

    private static (byte[] Text, byte[] SignedBytes) ReadText(ref LineReader lines, string name)
    {
        MemoryStream text = new(), signed = new();
        for (bool isFirst = true; ; isFirst = false)
        {
            if (!lines.TryRead(out ReadOnlySpan<byte> line))
                throw CutShort(name);
            if (Trim(line).SequenceEqual(SignatureHeader))
                return (text.ToArray(), signed.ToArray());
            if (line.Length > MaxLineLength)
                throw ReleaseErrors.Distrusted(name, $"a line has more than {MaxLineLength:N0} bytes");
            if (line.StartsWith("- "u8))
                line = line[2..];
            else if (line.StartsWith("-"u8))
                throw ReleaseErrors.Distrusted(name, "a line of the signed text begins with a dash that is not escaped");
            line = Trim(line);

            // To some readers these end a line, to others not.
            if (line.ContainsAny((byte)'\r', (byte)0))
                throw ReleaseErrors.Distrusted(name, "the signed text has a carriage return or a zero inside a line");
            if (!isFirst)
                signed.Write("\r\n"u8);
            signed.Write(line);
            text.Write(line);
            text.WriteByte((byte)'\n');
        }
    }

    /// <summary>Blanks at the end of a line are not signed (RFC 9580, 7.2).</summary>
    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> line) => line.TrimEnd(" \t\r"u8);

    private static ImageException CutShort(string name) => ReleaseErrors.Distrusted(name, "it is cut short");
}
