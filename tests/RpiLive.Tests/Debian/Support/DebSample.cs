using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using RpiLive.Core.Tree;

namespace RpiLive.Tests.Debian.Support;

/// <summary>A small package made in memory.</summary>
internal sealed record DebSample(string Name)
{
    public string Version { get; init; } = "1.0-1";

    public string Architecture { get; init; } = "arm64";

    /// <summary>More lines of the control file.</summary>
    public string Fields { get; init; } = "";

    /// <summary>Files of control.tar besides control.</summary>
    public Dictionary<string, string> Control { get; init; } = [];

    /// <summary>The files.</summary>
    public DirectoryNode Tree { get; init; } = new() { Permissions = 0x1ED };

    /// <summary>Ending of the archives: .tar or .tar.gz.</summary>
    public string Packing { get; init; } = ".tar.gz";

    /// <summary>Time of all files, in seconds since 1970.</summary>
    public long Time { get; init; } = 1_750_000_000;

    public string ControlText =>
        $"Package: {Name}\nVersion: {Version}\nArchitecture: {Architecture}\nMaintainer: Nobody <nobody@example.org>\n{Fields}Description: sample\n of a package\n";

    /// <summary>The .deb file.</summary>
    public byte[] Build() => Ar([
        ("debian-binary", "2.0\n"u8.ToArray()),
        ("control" + Packing, Pack(Tar(writer =>
        {
            AddFile(writer, "./control", Encoding.UTF8.GetBytes(ControlText), 0x1A4);
            foreach ((string file, string text) in Control)
                AddFile(writer, "./" + file, Encoding.UTF8.GetBytes(text), 0x1ED);
            AddFile(writer, "./md5sums", [], 0x1A4);
        }))),
        ("data" + Packing, Pack(Tar(writer => AddFolder(writer, "./", Tree, [])))),
    ]);

    /// <summary>An ar archive.</summary>
    public static byte[] Ar(IEnumerable<(string Name, byte[] Content)> members)
    {
        using MemoryStream archive = new();
        archive.Write("!<arch>\n"u8);
        foreach ((string name, byte[] content) in members)
        {
            archive.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{name,-16}{0,-12}{0,-6}{0,-6}{"100644",-8}{content.Length,-10}`\n")));
            archive.Write(content);
            if (content.Length % 2 != 0)
                archive.WriteByte((byte)'\n');
        }
        return archive.ToArray();
    }

    /// <summary>A tar archive.</summary>
    public static byte[] Tar(Action<TarWriter> fill)
    {
        using MemoryStream archive = new();
        using (TarWriter writer = new(archive, TarEntryFormat.Gnu, leaveOpen: true))
            fill(writer);
        return archive.ToArray();
    }

    private byte[] Pack(byte[] archive)
    {
        if (Packing == ".tar")
            return archive;
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(archive);
        return packed.ToArray();
    }

    private void AddFolder(TarWriter writer, string path, DirectoryNode folder, Dictionary<TreeNode, string> seen)
    {
        Write(writer, new GnuTarEntry(TarEntryType.Directory, path), folder);
        foreach ((FileName fileName, TreeNode node) in folder.Children)
        {
            string child = path + fileName;
            switch (node)
            {
                case DirectoryNode subfolder:
                    AddFolder(writer, child + "/", subfolder, seen);
                    break;
                case FileNode when seen.TryGetValue(node, out string? first):
                    Write(writer, new GnuTarEntry(TarEntryType.HardLink, child) { LinkName = first }, node);
                    break;
                case FileNode file:
                    seen.Add(node, child);
                    using (MemoryStream content = new(file.Content.ReadAll()))
                        Write(writer, new GnuTarEntry(TarEntryType.RegularFile, child) { DataStream = content }, node);
                    break;
                case SymlinkNode link:
                    Write(writer, new GnuTarEntry(TarEntryType.SymbolicLink, child) { LinkName = Encoding.UTF8.GetString(link.Target) }, node);
                    break;
            }
        }
    }

    private void AddFile(TarWriter writer, string path, byte[] bytes, int mode)
    {
        using MemoryStream content = new(bytes);
        Write(writer, new GnuTarEntry(TarEntryType.RegularFile, path) { DataStream = content }, new FileNode(new MemoryContent(bytes)) { Permissions = mode });
    }

    private void Write(TarWriter writer, GnuTarEntry entry, TreeNode node)
    {
        entry.Mode = (UnixFileMode)(node.Permissions != 0 ? node.Permissions : node is DirectoryNode ? 0x1ED : 0x1A4);
        entry.Uid = (int)node.UserId;
        entry.Gid = (int)node.GroupId;
        entry.ModificationTime = DateTimeOffset.FromUnixTimeSeconds(Time);
        writer.WriteEntry(entry);
    }
}
