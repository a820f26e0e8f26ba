using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Facts;

/// <summary>The Debian architecture of a root: what dpkg says, else what the header of its init says.</summary>
internal static class UserLandArchitecture
{
    private const int WindowLength = 256 << 10;
    private const int MaxStanzaLength = 64 << 10;
    private const long MaxStatusLength = 64 << 20;

    private static ReadOnlySpan<byte> DpkgStanza => "\nPackage: dpkg\n"u8;

    private static ReadOnlySpan<byte> ArchitectureField => "\nArchitecture: "u8;

    /// <summary>The architecture, such as <c>arm64</c> or <c>armhf</c>; null where neither dpkg nor <paramref name="init"/> tell.</summary>
    public static string? Find(DirectoryNode root, FileNode init) => FromArchFile(root) ?? FromStatus(root) ?? FromElf(init);

    /// <summary>dpkg writes this file when a foreign architecture is added; the native one comes first.</summary>
    private static string? FromArchFile(DirectoryNode root)
    {
        if (TreePath.FindFile(root, "/var/lib/dpkg/arch") is not { Content: { Length: > 0 and <= MaxStanzaLength } content })
            return null;
        return Valid(content.ReadAll().AsSpan());
    }

    /// <summary>The package dpkg itself always has the native architecture. Reads in windows, as the file has some MB.</summary>
    private static string? FromStatus(DirectoryNode root)
    {
        if (TreePath.FindFile(root, "/var/lib/dpkg/status") is not { Content: { } content })
            return null;
        long length = Math.Min(content.Length, MaxStatusLength);
        byte[] window = ArrayPool<byte>.Shared.Rent(WindowLength + MaxStanzaLength);
        try
        {
            // A line end before the first stanza makes it look like the others.
            window[0] = (byte)'\n';
            for (long offset = -1; offset < length; offset += WindowLength)
            {
                int skip = offset < 0 ? 1 : 0;
                int count = (int)Math.Min(WindowLength + MaxStanzaLength - skip, length - offset - skip);
                if (count <= 0)
                    break;
                content.Read(offset + skip, window.AsSpan(skip, count));
                ReadOnlySpan<byte> span = window.AsSpan(0, skip + count);
                int found = span.IndexOf(DpkgStanza);
                if (found < 0 || found >= WindowLength)
                    continue;
                ReadOnlySpan<byte> stanza = span.Slice(found, Math.Min(span.Length - found, MaxStanzaLength));
                int end = stanza[1..].IndexOf("\n\n"u8);
                if (end >= 0)
                    stanza = stanza[..(end + 2)];
                int field = stanza.IndexOf(ArchitectureField);
                return field < 0 ? null : Valid(stanza[(field + ArchitectureField.Length)..]);
            }
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(window);
        }
    }

    /// <summary>Class, byte order, machine and float ABI of an ELF header (System V gABI; EF_ARM_ABI_FLOAT_HARD of the ARM supplement).</summary>
    private static string? FromElf(FileNode init)
    {
        Span<byte> header = stackalloc byte[64];
        if (init.Content.Length < header.Length)
            return null;
        init.Content.Read(0, header);
        const byte LittleEndian = 1;
        if (!header.StartsWith("\u007FELF"u8) || header[5] != LittleEndian)
            return null;
        return (header[4], BinaryPrimitives.ReadUInt16LittleEndian(header[18..])) switch
        {
            (2, 183) => "arm64",
            (1, 40) => (BinaryPrimitives.ReadUInt32LittleEndian(header[36..]) & 0x400) != 0 ? "armhf" : "armel",
            (2, 62) => "amd64",
            (1, 3) => "i386",
            (2, 243) => "riscv64",
            _ => null,
        };
    }

    /// <summary>The first line, where it has the form of an architecture's name (deb-src-control(5)).</summary>
    private static string? Valid(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? text : text[..end];
        bool valid = line.Length is > 1 and <= 24 && line.IndexOfAnyExcept(s_architectureBytes) < 0;
        return valid ? Encoding.ASCII.GetString(line) : null;
    }

    private static readonly SearchValues<byte> s_architectureBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-"u8);
}
