using System.Security.Cryptography;
using System.Text;
using RpiLive.Core.Tree;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.SquashFs;

/// <summary>
/// All that a tree says, a line a path: so that a tree in memory, a mounted image and an extracted one can be compared.
/// Of directories the size, and of the host's directories the number of links, say nothing and are left out.
/// </summary>
internal static class TreeListing
{
    /// <summary>Lists a folder of the host with names as bytes, which .NET's own file API cannot do.</summary>
    private const string HostScript = """
        import errno, hashlib, os, stat, sys
        root = os.fsencode(sys.argv[1])
        first = {}
        def line(path, rel):
            s = os.lstat(path)
            kind, extra = stat.S_IFMT(s.st_mode), '-'
            if kind == stat.S_IFREG:
                h = hashlib.sha256()
                with open(path, 'rb') as f:
                    while True:
                        b = f.read(1 << 20)
                        if not b: break
                        h.update(b)
                extra = '%d:%s' % (s.st_size, h.hexdigest().upper())
            elif kind == stat.S_IFLNK:
                extra = os.readlink(path).hex().upper()
            elif kind in (stat.S_IFBLK, stat.S_IFCHR):
                extra = '%d:%d' % (os.major(s.st_rdev), os.minor(s.st_rdev))
            try: names = sorted(os.listxattr(path, follow_symlinks=False))
            except OSError as e:
                if e.errno != errno.EOPNOTSUPP: raise
                names = []
            xattrs = ','.join('%s=%s' % (n, os.getxattr(path, n, follow_symlinks=False).hex().upper()) for n in names)
            links = '-'
            if kind != stat.S_IFDIR and s.st_nlink > 1:
                links = '%d:%s' % (s.st_nlink, first.setdefault((s.st_dev, s.st_ino), rel.hex().upper()))
            print('|'.join([rel.hex().upper(), '%o' % s.st_mode, str(s.st_uid), str(s.st_gid), str(int(s.st_mtime_ns // 10**9)), extra, links, xattrs]))
            if kind == stat.S_IFDIR:
                for name in sorted(os.listdir(path)):
                    line(path + b'/' + name, rel + b'/' + name)
        sys.setrecursionlimit(10000)
        line(root, b'')
        """;

    /// <summary>Lists a folder of the host.</summary>
    public static string[] OfHost(string folder)
    {
        Tools.Require("python3");
        using TemporaryFolder temporary = new();
        File.WriteAllText(temporary["list.py"], HostScript);
        return Tools.Run("python3", temporary["list.py"], folder).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Lists a tree in memory.</summary>
    public static string[] Of(DirectoryNode root)
    {
        List<string> lines = [];
        Dictionary<TreeNode, int> links = new(ReferenceEqualityComparer.Instance);
        Dictionary<TreeNode, string> first = new(ReferenceEqualityComparer.Instance);
        Count(root, links);
        List(root, "", links, first, lines);
        return [.. lines];
    }

    private static void Count(DirectoryNode directory, Dictionary<TreeNode, int> links)
    {
        foreach (TreeNode child in directory.Children.Values)
        {
            links[child] = links.GetValueOrDefault(child) + 1;
            if (child is DirectoryNode inner)
                Count(inner, links);
        }
    }

    private static void List(TreeNode node, string path, Dictionary<TreeNode, int> links, Dictionary<TreeNode, string> first, List<string> lines)
    {
        (int type, string extra) = node switch
        {
            DirectoryNode => (0x4000, "-"),
            FileNode file => (0x8000, $"{file.Content.Length}:{Hash(file.Content)}"),
            SymlinkNode link => (0xA000, Convert.ToHexString(link.Target)),
            SpecialNode { Kind: SpecialKind.BlockDevice } device => (0x6000, $"{device.Major}:{device.Minor}"),
            SpecialNode { Kind: SpecialKind.CharacterDevice } device => (0x2000, $"{device.Major}:{device.Minor}"),
            SpecialNode { Kind: SpecialKind.Fifo } => (0x1000, "-"),
            _ => (0xC000, "-"),
        };
        string hardLinks = "-";
        if (node is not DirectoryNode && links[node] > 1)
        {
            first.TryAdd(node, path);
            hardLinks = $"{links[node]}:{first[node]}";
        }
        string xattrs = string.Join(',', node.Xattrs.Select(xattr => $"{xattr.Name}={Convert.ToHexString(xattr.Value)}"));
        lines.Add(string.Join('|', path, Convert.ToString(type | node.Permissions, 8), node.UserId, node.GroupId,
            Math.Clamp(node.ModifiedTime.Seconds, 0, uint.MaxValue), extra, hardLinks, xattrs));
        if (node is not DirectoryNode directory)
            return;
        foreach ((FileName name, TreeNode child) in directory.Children)
            List(child, path + Convert.ToHexString(Encoding.UTF8.GetBytes("/")) + Convert.ToHexString(name.Bytes), links, first, lines);
    }

    private static string Hash(FileContent content)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // An odd size, so that reads start and end anywhere in blocks.
        byte[] chunk = new byte[777_777];
        for (long offset = 0; offset < content.Length; offset += chunk.Length)
        {
            Span<byte> part = chunk.AsSpan(0, (int)Math.Min(chunk.Length, content.Length - offset));
            content.Read(offset, part);
            hash.AppendData(part);
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
