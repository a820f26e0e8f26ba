using System.Text;
using RpiLive.Core.Fat;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Fat;

/// <summary>Volumes made by others and by us, and trees to put on them.</summary>
internal static class Volumes
{
    public static readonly Timestamp Time = new(1_700_000_002);

    public static int MutationSeeds => int.TryParse(Environment.GetEnvironmentVariable("RPILIVE_MUTATION_SEEDS"), out int seeds) ? seeds : 2000;

    public static Fat32Options Options(long maxDataBytes = 64 << 20, int clusterSize = 4096, uint hidden = 0) => new()
    {
        VolumeId = 0x1234ABCD, Label = "bootfs", HiddenSectors = hidden, MaxDataBytes = maxDataBytes, Timestamp = Time, ClusterSize = clusterSize,
    };

    /// <summary>Runs <paramref name="fill"/> on a new volume and writes it to a file.</summary>
    public static void Build(string path, Action<Fat32Builder> fill, Fat32Options? options = null, long freeBytes = 0, long offset = 0)
    {
        using DestinationFile file = new(path, overwrite: true);
        Fat32Builder builder = new(file.Target.From(offset), options ?? Options());
        fill(builder);
        file.Target.SetLength(offset + builder.Finish(freeBytes));
        file.Commit();
    }

    /// <summary>fsck.vfat must find nothing to say but its name and the count of files.</summary>
    public static string Check(string path)
    {
        string output = Tools.Run("fsck.vfat", "-n", path);
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length == 2 && lines[0].StartsWith("fsck.fat") && lines[1].Contains(" files, "), output);
        return lines[1];
    }

    /// <summary>The same for an image that is open for editing: of a copy.</summary>
    public static void CheckOpen(string path)
    {
        Tools.Run("cp", "--sparse=always", path, path + ".copy");
        Check(path + ".copy");
        File.Delete(path + ".copy");
    }

    /// <summary>A tree like a Raspberry Pi boot volume, with the awkward names that FAT allows and mtools can read and write.</summary>
    public static DirectoryNode SampleTree(int overlays = 300)
    {
        DirectoryNode root = Directory();
        Add(root, "config.txt", "dtparam=audio=on\n"u8.ToArray());
        Add(root, "kernel8.img", Noise(1, 3_000_000));
        Add(root, "bcm2711-rpi-4-b.dtb", Noise(2, 4096));
        Add(root, "UPPER.TXT", Noise(3, 4097));
        Add(root, "Mixed.Txt", Noise(4, 1));
        Add(root, "empty", []);
        Add(root, "no extension but long", Noise(5, 10));
        Add(root, "LONGFI~1.TXT", Noise(6, 11));
        Add(root, "longfilename one.txt", Noise(7, 12));
        Add(root, "longfilename two.txt", Noise(8, 13));
        Add(root, "archive.tar.gz", Noise(9, 14));
        Add(root, ".hidden", Noise(10, 15));
        Add(root, "a+b=[c];,", Noise(11, 16));
        Add(root, "Ünïcode 日本語.txt", Noise(12, 17));
        Add(root, "thirteen-char", Noise(13, 18));
        Add(root, new string('x', 255), Noise(14, 19));
        DirectoryNode directory = Directory();
        root.Children.Add("overlays", directory);
        for (int i = 0; i < overlays; i++)
            Add(directory, $"overlay-number-{i}.dtbo", Noise(100 + i, 200 + i * 7));
        DirectoryNode nested = root;
        for (int i = 0; i < 12; i++)
        {
            DirectoryNode child = Directory();
            nested.Children.Add($"Level {i}", child);
            nested = child;
        }
        Add(nested, "deep.bin", Noise(99, 100_000));
        root.Children.Add("EMPTYDIR", Directory());
        return root;
    }

    public static DirectoryNode Directory() => new() { ModifiedTime = Time };

    public static void Add(DirectoryNode directory, string name, byte[] bytes, long diskOffset = -1) =>
        directory.Children.Add(name, new FileNode(new PlacedContent(bytes, diskOffset)) { ModifiedTime = Time });

    public static byte[] Noise(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Every path with size, hash and time: directories end in a slash.</summary>
    public static SortedDictionary<string, string> List(DirectoryNode tree)
    {
        SortedDictionary<string, string> list = new(StringComparer.Ordinal);
        Walk(tree, "");
        return list;

        void Walk(DirectoryNode directory, string path)
        {
            foreach ((FileName name, TreeNode node) in directory.Children)
            {
                if (node is DirectoryNode child)
                {
                    list.Add($"{path}{name}/", "");
                    Walk(child, $"{path}{name}/");
                }
                else
                {
                    byte[] bytes = Assert.IsType<FileNode>(node).Content.ReadAll();
                    list.Add($"{path}{name}", $"{bytes.Length} {Hash(bytes)} {node.ModifiedTime.Seconds}");
                }
            }
        }
    }

    /// <summary>The same for a folder of the host.</summary>
    public static SortedDictionary<string, string> List(string folder)
    {
        SortedDictionary<string, string> list = new(StringComparer.Ordinal);
        foreach (string path in System.IO.Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories))
        {
            string name = Path.GetRelativePath(folder, path);
            if (System.IO.Directory.Exists(path))
            {
                list.Add(name + "/", "");
                continue;
            }
            byte[] bytes = File.ReadAllBytes(path);
            list.Add(name, $"{bytes.Length} {Hash(bytes)} {new DateTimeOffset(File.GetLastWriteTimeUtc(path)).ToUnixTimeSeconds()}");
        }
        return list;
    }

    private static string Hash(byte[] bytes) => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(bytes))[..16];

    /// <summary>Writes a tree into a folder of the host.</summary>
    public static void WriteFolder(DirectoryNode tree, string folder)
    {
        foreach ((FileName name, TreeNode node) in tree.Children)
        {
            string path = Path.Join(folder, name.ToString());
            if (node is DirectoryNode child)
            {
                System.IO.Directory.CreateDirectory(path);
                WriteFolder(child, path);
            }
            else
            {
                File.WriteAllBytes(path, ((FileNode)node).Content.ReadAll());
                File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddSeconds(node.ModifiedTime.Seconds));
            }
        }
    }

    private sealed class PlacedContent(byte[] bytes, long diskOffset) : FileContent
    {
        public override long Length => bytes.Length;

        public override long DiskOffset => diskOffset;

        public override void Read(long offset, Span<byte> buffer) => bytes.AsSpan((int)offset, buffer.Length).CopyTo(buffer);
    }
}
