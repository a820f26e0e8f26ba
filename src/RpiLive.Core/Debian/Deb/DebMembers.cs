using System.Globalization;
using System.Text;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Debian.Deb;

/// <summary>
/// The members of a .deb file: an ar(5) archive of <c>debian-binary</c>, <c>control.tar</c> and <c>data.tar</c>, the last two with the
/// ending of their compression (deb(5)). Members whose names begin with an underscore are of no concern to who does not know them.
/// </summary>
internal static class DebMembers
{
    private const int HeaderLength = 60, NameLength = 16, SizeOffset = 48, SizeLength = 10, EndOffset = 58;

    /// <summary>A package has three members; a few more may be added for signatures.</summary>
    private const int MaxMembers = 16;

    private static ReadOnlySpan<byte> Magic => "!<arch>\n"u8;

    /// <summary>Finds both archives.</summary>
    /// <exception cref="Errors.ImageException"><c>CorruptDeb</c>.</exception>
    public static (DebMember Control, DebMember Data) Read(RandomAccessSource source)
    {
        Span<byte> magic = stackalloc byte[Magic.Length];
        if (source.Read(0, magic) != magic.Length || !magic.SequenceEqual(Magic))
            throw DebErrors.Corrupt(source.Name, "it does not begin as Debian packages do (no ar archive)");
        DebMember? control = null, data = null;
        bool hasVersion = false;
        long offset = Magic.Length;
        for (int count = 0; offset < source.Length && (control is null || data is null); count++)
        {
            if (count == MaxMembers)
                throw DebErrors.Corrupt(source.Name, $"the first {MaxMembers} members of the archive are not those of a package");
            DebMember member = ReadHeader(source, offset);
            if (!hasVersion)
            {
                CheckVersion(source, member);
                hasVersion = true;
            }
            else if (member.Name.StartsWith("control.tar", StringComparison.Ordinal))
            {
                control ??= member;
            }
            else if (member.Name.StartsWith("data.tar", StringComparison.Ordinal))
            {
                data ??= member;
            }
            // Members begin at even offsets.
            offset = member.Offset + member.Length + (member.Length & 1);
        }
        if (control is null || data is null)
            throw DebErrors.Corrupt(source.Name, $"it has no {(control is null ? "control.tar" : "data.tar")}");
        return (control.Value, data.Value);
    }

    private static DebMember ReadHeader(RandomAccessSource source, long offset)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        if (source.Read(offset, header) != header.Length || header[EndOffset] != '`' || header[EndOffset + 1] != '\n')
            throw DebErrors.Corrupt(source.Name, $"there is no header of a member at offset {offset:N0}");
        string name = Encoding.ASCII.GetString(header[..NameLength]).TrimEnd(' ').TrimEnd('/');
        if (!long.TryParse(Encoding.ASCII.GetString(header.Slice(SizeOffset, SizeLength)).TrimEnd(' '), NumberStyles.None, CultureInfo.InvariantCulture, out long length)
            || length > source.Length - offset - HeaderLength)
            throw DebErrors.Corrupt(source.Name, $"the member at offset {offset:N0} reaches past the end of the file");
        return new DebMember(name, offset + HeaderLength, length);
    }

    private static void CheckVersion(RandomAccessSource source, DebMember member)
    {
        Span<byte> version = stackalloc byte[2];
        if (member.Name != "debian-binary" || member.Length < version.Length || source.Read(member.Offset, version) != version.Length || !version.SequenceEqual("2."u8))
            throw DebErrors.Corrupt(source.Name, "it is no package of format 2 (debian-binary)");
    }
}
