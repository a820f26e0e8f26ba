using RpiLive.Core.Compression;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;

namespace RpiLive.Core.SquashFs;

/// <summary>
/// A SquashFS 4.0 image, for reading. All that is read is checked; damage ends in an <see cref="ImageException"/>
/// (<c>CorruptSquashFs</c>, <c>UnsupportedSquashFs</c>).
/// </summary>
public sealed class SquashFsVolume : IDisposable
{
    private readonly BlockReader _blocks;
    private readonly Lazy<PathReader> _paths;

    private SquashFsVolume(BlockReader blocks, string compressor)
    {
        _blocks = blocks;
        _paths = new Lazy<PathReader>(() => new PathReader(blocks));
        Compressor = compressor;
    }

    /// <summary>Name of the compressor: <c>gzip</c>, <c>zstd</c> …</summary>
    public string Compressor { get; }

    /// <summary>Block size in bytes.</summary>
    public int BlockSize => _blocks.Superblock.BlockSize;

    /// <summary>Number of inodes, as the superblock says.</summary>
    public long InodeCount => _blocks.Superblock.InodeCount;

    /// <summary>Number of fragment blocks.</summary>
    public long FragmentCount => _blocks.Superblock.FragmentCount;

    /// <summary>Number of distinct users and groups.</summary>
    public int IdCount => _blocks.Superblock.IdCount;

    /// <summary>When the image was made, in seconds since 1970-01-01T00:00:00Z.</summary>
    public uint ModificationTime => _blocks.Superblock.ModificationTime;

    /// <summary>Bytes of the file system; the image may be longer.</summary>
    public long BytesUsed => (long)_blocks.Superblock.BytesUsed;

    /// <summary>True when inodes can be found by number, as NFS and overlayfs's index need.</summary>
    public bool IsExportable => _blocks.Superblock.ExportTable != SquashFsFormat.NoTable;

    /// <summary>Opens an image.</summary>
    /// <param name="source">The image; stays open when the volume is disposed of, and has to stay open as long as file contents are read.</param>
    /// <param name="codecs">Gives the codec of a name, or null for one that is not known.</param>
    /// <exception cref="ImageException">No SquashFS 4.0 image, damaged, or a compressor that is not known.</exception>
    public static SquashFsVolume Open(RandomAccessSource source, Func<string, IBlockCodec?> codecs)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(codecs);
        byte[] bytes = new byte[SquashFsFormat.SuperblockLength];
        source.ReadExactly(0, bytes);
        Superblock superblock = Superblock.Parse(bytes, source.Length, source.Name);
        string compressor = superblock.CompressorId < SquashFsFormat.CompressorNames.Length
            ? SquashFsFormat.CompressorNames[superblock.CompressorId] : $"number {superblock.CompressorId}";
        IBlockCodec codec = codecs(compressor)
            ?? throw ImageException.Unsupported(SquashFsFormat.Name, source.Name, $"the compressor {compressor}");
        return new SquashFsVolume(new BlockReader(source, superblock, codec), compressor);
    }

    /// <summary>Reads all directories and inodes; file contents are read when asked for.</summary>
    /// <exception cref="ImageException">Damaged.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public DirectoryNode ReadTree(CancellationToken cancellation = default) => new TreeReader(_blocks).Read(cancellation);

    /// <summary>
    /// The node at a path, by reading the directories on the way to it alone; symbolic links are followed within the image. A
    /// directory comes without its children.
    /// </summary>
    /// <param name="path">Slash-separated; taken from the root whether it starts with a slash or not.</param>
    /// <param name="followLast">False to get a symbolic link itself where the last part is one.</param>
    /// <returns>Null where nothing is.</returns>
    /// <exception cref="ImageException">Damaged.</exception>
    public TreeNode? Find(string path, bool followLast = true) => _paths.Value.Locate(path, followLast)?.Node;

    /// <summary>The names of the directories in a directory, ordered, by reading the directories on the way to it alone.</summary>
    /// <param name="path">Slash-separated; symbolic links are followed within the image.</param>
    /// <returns>None where there is no directory of that path.</returns>
    /// <exception cref="ImageException">Damaged.</exception>
    public IEnumerable<string> SubdirectoriesOf(string path) => _paths.Value.SubdirectoriesOf(path);

    /// <summary>The path at which <paramref name="path"/> really lies, all symbolic links resolved; null where nothing is.</summary>
    /// <exception cref="ImageException">Damaged.</exception>
    public string? Resolve(string path) => _paths.Value.Locate(path, followLast: true)?.Path;

    /// <summary>Unpacks every block of every file once, in the order in which they lie.</summary>
    /// <param name="tree">What <see cref="ReadTree"/> gave.</param>
    /// <param name="threads">The most blocks at a time.</param>
    /// <param name="done">Told the bytes unpacked so far, from several threads; may be null.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>Number of blocks.</returns>
    /// <exception cref="ImageException">Damaged.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public int VerifyContent(DirectoryNode tree, int threads, Action<long>? done, CancellationToken cancellation) =>
        new ContentVerifier(_blocks).Run(tree, threads, done, cancellation);

    /// <summary>Lets go of the decompressors.</summary>
    public void Dispose() => _blocks.Dispose();
}
