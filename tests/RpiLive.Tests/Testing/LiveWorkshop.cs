using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using RpiLive.Codecs;
using RpiLive.Core.Cpio;
using RpiLive.Core.Fat;
using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Partitions;
using RpiLive.Core.SquashFs;
using RpiLive.Core.Streams;
using RpiLive.Core.Testing;
using RpiLive.Core.Tree;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Testing;

/// <summary>Takes a good live image apart, lets a test change what it likes, and puts an image together again.</summary>
internal sealed class LiveWorkshop : IDisposable
{
    private static readonly ThirdPartyCodecs s_codecs = new();

    private readonly FileSource _source;
    private readonly MasterBootRecord _table;
    private readonly FatVolume _volume;
    private DirectoryNode? _root;
    private uint _rootTime;

    public LiveWorkshop(string path)
    {
        _source = new FileSource(path);
        _table = MasterBootRecord.Read(_source);
        MbrPartition boot = _table.Partitions[0];
        _volume = FatVolume.Open(_source.Slice(boot.FirstByte, boot.Length, "boot"));
        Boot = _volume.ReadTree();
    }

    /// <summary>All files of the boot volume.</summary>
    public DirectoryNode Boot { get; }

    /// <summary>The live root; once it was asked for, a new squashfs is made, with all that speaks of it.</summary>
    public DirectoryNode Root => _root ??= OpenRoot();

    /// <summary>Tests an image.</summary>
    public static ImageTestReport Test(string path, ImageTestOptions? options = null) =>
        new ImageTest(s_codecs).Run(path, options ?? new ImageTestOptions { Threads = 1 }, null, TestContext.Current.CancellationToken);

    public static string Describe(ImageTestReport report) => string.Join('\n', report.Checks.Where(check => check.Result is CheckResult.Failed or CheckResult.Warning)
        .Select(check => $"{check.Result} {check.Kind.Id} {check.Subject}: {check.Message}"));

    public string Text(string path) => Encoding.UTF8.GetString(Bytes(path));

    public byte[] Bytes(string path) => FatPath.FindFile(Boot, path)!.Content.ReadAll();

    public void Put(string path, byte[] bytes) => Boot.With(path, bytes);

    public void Put(string path, string text) => Boot.With(path, text);

    public void Replace(string path, string old, string replacement)
    {
        string text = Text(path);
        Assert.Contains(old, text, StringComparison.Ordinal);
        Put(path, text.Replace(old, replacement, StringComparison.Ordinal));
    }

    public void Delete(string path) => Remove(Boot, path);

    /// <summary>Takes a node out of a tree.</summary>
    public static void Remove(DirectoryNode tree, string path)
    {
        int slash = path.LastIndexOf('/');
        DirectoryNode folder = slash < 0 ? tree : TreePath.FindDirectory(tree, path[..slash])!;
        Assert.True(folder.Children.Remove(path[(slash + 1)..]), path);
    }

    /// <summary>Changes the entries of an initramfs.</summary>
    public void EditInitramfs(string path, Func<CpioEntry, CpioEntry?> change, params CpioEntry[] more)
    {
        IReadOnlyList<CpioEntry> entries = CpioReader.Read(Gunzip(Bytes(path)), path);
        using MemoryStream result = new();
        using (GZipStream gzip = new(result, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            CpioWriter writer = new(gzip);
            bool isChanged = more.Length > 0;
            foreach (CpioEntry entry in entries)
            {
                CpioEntry? changed = change(entry);
                isChanged |= !ReferenceEquals(changed, entry);
                if (changed is not null)
                    Write(writer, changed);
            }
            foreach (CpioEntry entry in more)
                Write(writer, entry);
            Assert.True(isChanged, "The change found nothing to change.");
            writer.Finish();
        }
        result.GetBuffer()[9] = 255;
        result.Write(new byte[-result.Length & 3]);
        Put(path, result.ToArray());
    }

    /// <summary>Writes the image.</summary>
    public string Write(TemporaryFolder folder, string name)
    {
        ImageDocument document = LiveContent.ReadDocument(FatPath.FindFile(Boot, LiveLayout.DocumentPath) ?? new FileNode(new MemoryContent("{}"u8.ToArray())), name);
        if (_root is not null)
        {
            byte[] packed = Pack(document);
            string hash = Convert.ToHexStringLower(SHA256.HashData(packed));
            Put(LiveLayout.RootPath, packed);
            Put(LiveLayout.RootHashPath, hash + "  root.squashfs\n");
            document = document with { Root = document.Root with { Length = packed.Length, Sha256 = hash } };
            Put(LiveLayout.DocumentPath, JsonSerializer.SerializeToUtf8Bytes(document, ImageDocumentContext.Default.ImageDocument));
        }
        return Assemble(folder, name);
    }

    /// <summary>Writes the image although its document cannot be read.</summary>
    public string Assemble(TemporaryFolder folder, string name)
    {
        using DestinationFile file = new(folder[name], overwrite: true);
        Fat32Builder fat = new(file.Target.From(LiveLayout.BootVolumeOffset), new Fat32Options
        {
            VolumeId = _volume.VolumeId,
            Label = LiveLayout.BootVolumeLabel,
            HiddenSectors = (uint)(LiveLayout.BootVolumeOffset / 512),
            MaxDataBytes = 64 << 20,
            Timestamp = new Timestamp(1_700_000_000),
        });
        fat.AddTree(Boot);
        long length = fat.Finish(1 << 20);
        MasterBootRecord.Write(file.Target, _table.DiskId, [new(1, 0x0C, LiveLayout.BootVolumeOffset, length)]);
        file.Target.SetLength(LiveLayout.BootVolumeOffset + length);
        file.Commit();
        return folder[name];
    }

    public void Dispose() => _source.Dispose();

    private static byte[] Gunzip(byte[] bytes)
    {
        using GZipStream gzip = new(new MemoryStream(bytes), CompressionMode.Decompress);
        using MemoryStream result = new();
        gzip.CopyTo(result);
        return result.ToArray();
    }

    private static void Write(CpioWriter writer, CpioEntry entry)
    {
        int permissions = (int)(entry.Mode & 0xFFF);
        switch (entry.Mode & CpioFormat.TypeMask)
        {
            case CpioFormat.Directory: writer.AddDirectory(entry.Name, permissions); break;
            case CpioFormat.SymbolicLink: writer.AddSymbolicLink(entry.Name, Encoding.UTF8.GetString(entry.Content.Span)); break;
            default: writer.AddFile(entry.Name, entry.Content.Span, permissions); break;
        }
    }

    private DirectoryNode OpenRoot()
    {
        SquashFsVolume volume = LiveRoot.Open(new ContentSource(FatPath.FindFile(Boot, LiveLayout.RootPath)!.Content, "root"), s_codecs);
        _rootTime = volume.ModificationTime;
        return volume.ReadTree();
    }

    private byte[] Pack(ImageDocument document)
    {
        using TemporaryFolder folder = new();
        using DestinationFile file = new(folder["root.squashfs"], overwrite: true);
        SquashFsWriter.Write(Root, file.Target, new SquashFsOptions
        {
            Codec = document.Root.Compression == "zstd" ? s_codecs.Zstd : new Core.Compression.GzipBlockCodec(),
            Level = 1,
            BlockSize = document.Root.BlockSize,
            Threads = 1,
            ModificationTime = _rootTime,
        }, progress: null, CancellationToken.None);
        file.Commit();
        return File.ReadAllBytes(folder["root.squashfs"]);
    }
}
