using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RpiLive.Core.Tree;

namespace RpiLive.Tests.Support;

/// <summary>
/// Compares a tree with what the host sees in a directory, mostly a mounted image: type, mode, owner, group, modification
/// time in nanoseconds, size and SHA-256 of files, link targets, device numbers, extended attributes and hard-link groups.
/// Each node becomes one line of text. Needs python3, because .NET cannot name files that are not UTF-8.
/// </summary>
internal static class MountedTree
{
    private const string Script = """
        import os, sys, stat, hashlib
        root = os.fsencode(sys.argv[1])
        first = {}
        def line(path, rel):
            s = os.lstat(path)
            m = s.st_mode
            if stat.S_ISDIR(m): kind = 'directory'
            elif stat.S_ISREG(m):
                with open(path, 'rb') as f: kind = 'file %d %s' % (s.st_size, hashlib.file_digest(f, 'sha256').hexdigest())
            elif stat.S_ISLNK(m): kind = 'link ' + os.readlink(path).hex()
            elif stat.S_ISCHR(m): kind = 'character %d:%d' % (os.major(s.st_rdev), os.minor(s.st_rdev))
            elif stat.S_ISBLK(m): kind = 'block %d:%d' % (os.major(s.st_rdev), os.minor(s.st_rdev))
            elif stat.S_ISFIFO(m): kind = 'fifo'
            else: kind = 'socket'
            x = []
            for name in os.listxattr(path, follow_symlinks=False):
                x.append(os.fsencode(name).hex() + '=' + os.getxattr(path, name, follow_symlinks=False).hex())
            x.sort()
            same = '' if stat.S_ISDIR(m) else first.setdefault((s.st_dev, s.st_ino), rel)
            print('\t'.join([rel, kind, '%o' % stat.S_IMODE(m), '%d:%d' % (s.st_uid, s.st_gid), str(s.st_mtime_ns), ','.join(x), same]))
            if stat.S_ISDIR(m):
                for name in sorted(os.listdir(path)): line(path + b'/' + name, rel + '/' + name.hex())
        line(root, '')
        """;

    /// <summary>Fails unless both show the same.</summary>
    /// <param name="tree">What our reader shows.</param>
    /// <param name="directory">Where the host shows the same files.</param>
    /// <param name="withRoot">False to leave out the attributes of the root directory itself.</param>
    public static void AssertSame(DirectoryNode tree, string directory, bool withRoot = true)
    {
        // The root comes first.
        int skipped = withRoot ? 0 : 1;
        AssertSame([.. Describe(directory).Skip(skipped)], [.. Describe(tree).Skip(skipped)]);
    }

    /// <summary>Fails unless both lists of lines are the same; names the first differences with readable paths.</summary>
    public static void AssertSame(IReadOnlyList<string> expected, IReadOnlyList<string> actual)
    {
        HashSet<string> left = [.. expected], right = [.. actual];
        List<string> differences = [
            .. expected.Where(line => !right.Contains(line)).Take(5).Select(line => "host: " + Readable(line)),
            .. actual.Where(line => !left.Contains(line)).Take(5).Select(line => "ours: " + Readable(line))];
        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.Equal(expected.Count, actual.Count);
        Assert.True(expected.Count > 1, "Nothing to compare.");
    }

    /// <summary>One line for each name below a directory of the host.</summary>
    public static IReadOnlyList<string> Describe(string directory)
    {
        Tools.Require("python3");
        return Tools.Run("python3", "-c", Script, directory).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>One line for each name of a tree, in the same form.</summary>
    public static IReadOnlyList<string> Describe(DirectoryNode tree)
    {
        List<string> lines = [];
        Describe(tree, "", lines, []);
        return lines;
    }

    private static void Describe(TreeNode node, string path, List<string> lines, Dictionary<TreeNode, string> first)
    {
        string kind = node switch
        {
            DirectoryNode => "directory",
            FileNode file => $"file {file.Content.Length} {Hash(file.Content)}",
            SymlinkNode link => "link " + Hex(link.Target),
            SpecialNode { Kind: SpecialKind.CharacterDevice } device => $"character {device.Major}:{device.Minor}",
            SpecialNode { Kind: SpecialKind.BlockDevice } device => $"block {device.Major}:{device.Minor}",
            SpecialNode { Kind: SpecialKind.Fifo } => "fifo",
            _ => "socket",
        };
        string same = "";
        if (node is not DirectoryNode && !first.TryGetValue(node, out same!))
            first.Add(node, same = path);
        Int128 time = ((Int128)node.ModifiedTime.Seconds * 1_000_000_000) + node.ModifiedTime.Nanoseconds;
        IEnumerable<string> xattrs = node.Xattrs.Select(x => Hex(Encoding.UTF8.GetBytes(x.Name)) + '=' + Hex(x.Value)).Order(StringComparer.Ordinal);
        lines.Add(string.Join(
            '\t', path, kind, Convert.ToString(node.Permissions, 8), $"{node.UserId}:{node.GroupId}",
            time.ToString(CultureInfo.InvariantCulture), string.Join(',', xattrs), same));
        if (node is DirectoryNode directory)
        {
            foreach ((FileName name, TreeNode child) in directory.Children)
                Describe(child, path + '/' + Hex(name.Bytes), lines, first);
        }
    }

    /// <summary>Hashes in pieces of an odd size, and checks that what claims to be a hole reads as zeros.</summary>
    private static string Hash(FileContent content)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[(1 << 20) - 77];
        for (long offset = 0; offset < content.Length; offset += buffer.Length)
        {
            Span<byte> piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, content.Length - offset));
            content.Read(offset, piece);
            Assert.True(!content.IsHole(offset, piece.Length) || piece.IndexOfAnyExcept((byte)0) < 0, "A hole is not all zeros.");
            hash.AppendData(piece);
        }
        return Hex(hash.GetHashAndReset());
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    private static string Readable(string line)
    {
        string[] parts = line.Split('\t');
        parts[0] = "/" + string.Join('/', parts[0].Split('/', StringSplitOptions.RemoveEmptyEntries).Select(name => Encoding.UTF8.GetString(Convert.FromHexString(name))));
        return string.Join(" | ", parts);
    }
}
