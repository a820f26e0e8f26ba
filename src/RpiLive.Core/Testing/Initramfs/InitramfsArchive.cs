using System.Text;
using RpiLive.Core.Compression;
using RpiLive.Core.Cpio;
using RpiLive.Core.Errors;
using RpiLive.Core.Inputs;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Testing.Initramfs;

/// <summary>One archive of an initramfs file, unpacked in memory.</summary>
/// <param name="Tree">Its files, links and directories.</param>
/// <param name="Stamp">What <c>etc/rpilive/build</c> says, by key; empty in an archive that RpiLive did not make.</param>
internal sealed record InitramfsArchive(DirectoryNode Tree, IReadOnlyDictionary<string, string> Stamp)
{
    /// <summary>The most bytes of an initramfs file that are read, and of all its archives unpacked.</summary>
    public const int MaxLength = 64 << 20, MaxUnpackedLength = 128 << 20;

    private const int MaxEntries = 50_000, MaxArchives = 32;

    /// <summary>No name, no time, best compression, unknown system (RFC 1952).</summary>
    private static readonly byte[] s_memberHeader = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 0xFF];
    private const string StampPath = "/etc/rpilive/build";

    /// <summary>True when RpiLive made it.</summary>
    public bool IsLive => Stamp.ContainsKey("release") && TreePath.FindFile(Tree, "/init") is not null;

    /// <summary>The archives of a file of gzip members, as the kernel unpacks them one after the other.</summary>
    /// <param name="content">The file.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="cancellation">Ends the unpacking.</param>
    /// <exception cref="ImageException">It is none, damaged, or too large.</exception>
    public static IReadOnlyList<InitramfsArchive> Read(FileContent content, string name, CancellationToken cancellation)
    {
        if (content.Length > MaxLength)
            throw ImageException.Unsupported("Cpio", name, $"{content.Length:N0} bytes, more than firmware loads");
        ReadOnlyMemory<byte> packed = content.ReadAll(MaxLength);
        if (!packed.Span.StartsWith(GzipHeader.Magic))
            throw ImageException.Unsupported("Cpio", name, "no gzip file, as RpiLive makes them");
        List<InitramfsArchive> archives = [];
        int room = MaxUnpackedLength;
        while (!packed.IsEmpty)
        {
            int end = NextMember(packed.Span);
            byte[] bytes = Unpack(packed[..end], name, room, cancellation);
            room -= bytes.Length;
            packed = packed[end..];
            for (ReadOnlyMemory<byte> rest = bytes; rest.Span.IndexOfAnyExcept((byte)0) is >= 0 and int start;)
            {
                IReadOnlyList<CpioEntry> entries = CpioReader.Read(rest[start..], name, out int length);
                if (entries.Count > MaxEntries || archives.Count > MaxArchives)
                    throw ImageException.Corrupt("Cpio", name, $"more than {MaxEntries:N0} entries, or {MaxArchives} archives");
                DirectoryNode tree = Build(entries, name);
                archives.Add(new(tree, ReadStamp(tree)));
                rest = rest[(start + length)..];
            }
        }
        return archives;
    }

    /// <summary>Where the next member starts that has the header that RpiLive writes; members lie at multiples of four bytes.</summary>
    private static int NextMember(ReadOnlySpan<byte> packed)
    {
        for (int position = 1; packed[position..].IndexOf(s_memberHeader) is >= 0 and int step;)
        {
            position += step;
            if (position % 4 == 0)
                return position;
            position++;
        }
        return packed.Length;
    }

    /// <summary>Unpacks twice, the first time for the length alone: a buffer that grows takes three times as much memory.</summary>
    private static byte[] Unpack(ReadOnlyMemory<byte> member, string name, int room, CancellationToken cancellation)
    {
        using MemorySource source = new(member, name);
        int length = 0;
        byte[] window = new byte[64 << 10];
        using (GzipReader counter = new(source, cancellation))
        {
            for (int count; (count = counter.Read(window)) > 0;)
            {
                length += count;
                if (length > room)
                    throw ImageException.Corrupt("Cpio", name, $"more than {MaxUnpackedLength:N0} bytes unpacked");
            }
        }
        byte[] bytes = new byte[length];
        using GzipReader reader = new(source, cancellation);
        reader.Fill(bytes);
        return bytes;
    }

    private static DirectoryNode Build(IReadOnlyList<CpioEntry> entries, string name)
    {
        DirectoryNode root = new();
        foreach (CpioEntry entry in entries)
        {
            string[] parts = entry.Name.Split('/', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length == 0 || parts is ["."])
                continue;
            DirectoryNode folder = root;
            foreach (string part in parts[..^1])
            {
                if (!folder.Children.TryGetValue(part, out TreeNode? child))
                    folder.Children.Add(part, child = new DirectoryNode());
                folder = child as DirectoryNode ?? throw ImageException.Corrupt("Cpio", name, $"{entry.Name} lies in something that is no directory");
            }
            if (Node(entry) is { } node && !(node is DirectoryNode && folder.Children.ContainsKey(parts[^1])))
                folder.Children[parts[^1]] = node;
        }
        return root;
    }

    private static TreeNode? Node(CpioEntry entry) => (entry.Mode & CpioFormat.TypeMask) switch
    {
        CpioFormat.Directory => new DirectoryNode { Permissions = (int)(entry.Mode & 0xFFF) },
        CpioFormat.RegularFile => new FileNode(new MemoryContent(entry.Content)) { Permissions = (int)(entry.Mode & 0xFFF) },
        CpioFormat.SymbolicLink => new SymlinkNode(entry.Content.ToArray()),
        _ => null,
    };

    private static Dictionary<string, string> ReadStamp(DirectoryNode tree)
    {
        const int MaxStamp = 4096;
        Dictionary<string, string> stamp = new(StringComparer.Ordinal);
        if (TreePath.FindFile(tree, StampPath) is not { Content.Length: <= MaxStamp } file)
            return stamp;
        foreach (string line in Encoding.UTF8.GetString(file.Content.ReadAll()).Split('\n'))
        {
            if (line.IndexOf('=', StringComparison.Ordinal) is > 0 and int equals)
                stamp[line[..equals]] = line[(equals + 1)..];
        }
        return stamp;
    }
}
