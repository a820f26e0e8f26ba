using System.Formats.Tar;
using System.Text;
using RpiLive.Core.Compression;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Debian.Deb;

/// <summary>A package, unpacked: what dpkg needs to know of it, and its files.</summary>
internal sealed class DebPackage
{
    private const long MaxControlLength = 32 << 20, MaxDataLength = 8L << 30;
    private const int MaxControlFiles = 64, MaxEntries = 500_000, MaxPathLength = 4095, BufferLength = 256 << 10;

    private DebPackage(string name, IReadOnlyDictionary<string, byte[]> control, IReadOnlyList<DebEntry> entries)
    {
        Name = name;
        Control = control;
        Entries = entries;
    }

    /// <summary>What errors call it: the path of its file.</summary>
    public string Name { get; }

    /// <summary>The files of control.tar by name: <c>control</c>, <c>conffiles</c>, <c>postinst</c> …</summary>
    public IReadOnlyDictionary<string, byte[]> Control { get; }

    /// <summary>The files of data.tar in its order.</summary>
    public IReadOnlyList<DebEntry> Entries { get; }

    /// <summary>The text of a file of control.tar; empty where there is none.</summary>
    public string ControlText(string file) => Control.TryGetValue(file, out byte[]? bytes) ? Encoding.UTF8.GetString(bytes) : "";

    /// <summary>Unpacks a package.</summary>
    /// <param name="source">The .deb file.</param>
    /// <param name="codecs">For zstd.</param>
    /// <param name="isWanted">Says of a path whether its content is wanted; without it the file is listed only.</param>
    /// <param name="area">Where contents go.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="Errors.ImageException"><c>CorruptDeb</c>, or an error of the disk that <paramref name="area"/> lies on.</exception>
    public static DebPackage Unpack(RandomAccessSource source, ICodecs codecs, Func<string, bool> isWanted, UnpackArea area, CancellationToken cancellation)
    {
        (DebMember control, DebMember data) = DebMembers.Read(source);
        byte[] buffer = new byte[BufferLength];
        Dictionary<string, byte[]> files = ReadControl(source, control, codecs, buffer, cancellation);
        if (!files.ContainsKey("control"))
            throw DebErrors.Corrupt(source.Name, "its control.tar has no control file");
        List<DebEntry> entries = [];
        using DebArchive archive = new(source, data, codecs, MaxDataLength, cancellation);
        while (archive.Next() is { } entry)
        {
            if (entries.Count == MaxEntries)
                throw DebErrors.Corrupt(source.Name, $"it has more than {MaxEntries:N0} files");
            entries.Add(ToEntry(source.Name, archive, entry, isWanted, area, buffer));
        }
        return new DebPackage(source.Name, files, entries);
    }

    private static Dictionary<string, byte[]> ReadControl(RandomAccessSource source, DebMember member, ICodecs codecs, byte[] buffer, CancellationToken cancellation)
    {
        Dictionary<string, byte[]> files = new(StringComparer.Ordinal);
        using DebArchive archive = new(source, member, codecs, MaxControlLength, cancellation);
        while (archive.Next() is { } entry)
        {
            string path = CheckPath(source.Name, entry.Name);
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile) || path.LastIndexOf('/') != 0)
                continue;
            if (files.Count == MaxControlFiles)
                throw DebErrors.Corrupt(source.Name, $"its control.tar has more than {MaxControlFiles} files");
            using MemoryStream content = new();
            archive.Copy(entry, content.Write, buffer);
            files[path[1..]] = content.ToArray();
        }
        return files;
    }

    private static DebEntry ToEntry(string name, DebArchive archive, TarEntry entry, Func<string, bool> isWanted, UnpackArea area, byte[] buffer)
    {
        string path = CheckPath(name, entry.Name);
        DebEntryType type = entry.EntryType switch
        {
            TarEntryType.Directory => DebEntryType.Directory,
            TarEntryType.RegularFile or TarEntryType.V7RegularFile => DebEntryType.File,
            TarEntryType.HardLink => DebEntryType.HardLink,
            TarEntryType.SymbolicLink => DebEntryType.SymbolicLink,
            _ => throw DebErrors.Corrupt(name, $"{path} is a {entry.EntryType}, which no package has"),
        };
        FileContent? content = null;
        if (type == DebEntryType.File && isWanted(path))
        {
            long offset = area.Length;
            archive.Copy(entry, area.Append, buffer);
            content = area.Content(offset, entry.Length);
        }
        return new DebEntry(path, type)
        {
            Permissions = (int)entry.Mode & 0xFFF,
            UserId = (uint)entry.Uid,
            GroupId = (uint)entry.Gid,
            // What ext4 and SquashFS both hold.
            ModifiedTime = new Timestamp(Math.Clamp(entry.ModificationTime.ToUnixTimeSeconds(), 0, uint.MaxValue)),
            Target = type switch
            {
                DebEntryType.HardLink => CheckPath(name, entry.LinkName),
                DebEntryType.SymbolicLink when entry.LinkName.Length is > 0 and <= MaxPathLength && !entry.LinkName.Contains('\0', StringComparison.Ordinal) => entry.LinkName,
                DebEntryType.SymbolicLink => throw DebErrors.Corrupt(name, $"the symbolic link {path} has no target, or one that is too long"),
                _ => "",
            },
            Content = content,
        };
    }

    /// <summary>The absolute form of a path of an archive: <c>./usr/bin/</c> is <c>/usr/bin</c>.</summary>
    private static string CheckPath(string name, string path)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (path.Length > MaxPathLength || parts.Any(part => part != "." && (!new FileName(part).IsValid || part.Any(char.IsControl))))
            throw DebErrors.Corrupt(name, "one of its files has a path that no package has");
        string[] named = [.. parts.Where(part => part != ".")];
        return named.Length == 0 ? "/." : "/" + string.Join('/', named);
    }
}
