using System.Security.Cryptography;
using RpiLive.Core.Partitions;
using RpiLive.Core.Streams;
using RpiLive.Tests.Debian.Support;
using RpiLive.Tests.Imaging;
using RpiLive.Tests.Support;
using RpiLive.Tests.Testing;

namespace RpiLive.Tests.Module.Errors;

/// <summary>Prepares the folder of a session for an error, runs into it, and looks at what is left.</summary>
internal sealed class ErrorWorkshop(LiveImageFixture images) : IDisposable
{
    /// <summary>Where partitions start: of a synthetic stock image, and of every live image.</summary>
    public const int StockBoot = 1 << 20, StockRoot = 5 << 20, LiveBoot = 8 << 20;

    private readonly TemporaryFolder _making = new();
    private readonly List<(string Path, FileShare Share)> _held = [];
    private readonly List<string> _mounts = [];
    private FakeDebian? _debian;

    public ModuleSession Session { get; } = new();

    /// <summary>A stock image elsewhere.</summary>
    public string StockPath => images.Stock;

    /// <summary>Puts a live image there.</summary>
    public void Live() => System.IO.File.Copy(images.Path, InFolder("live.img"));

    /// <summary>Puts a live image there whose files are changed.</summary>
    public void Live(Action<LiveWorkshop> change)
    {
        using LiveWorkshop workshop = new(images.Path);
        change(workshop);
        // Without its document it cannot be put together as a sound one.
        System.IO.File.Move(workshop.Assemble(_making, "live.img"), InFolder("live.img"));
    }

    /// <summary>Puts a live image there whose bytes are changed.</summary>
    public void LiveBytes(Action<FileStream> change)
    {
        Live();
        using FileStream file = new(InFolder("live.img"), FileMode.Open, FileAccess.ReadWrite);
        change(file);
    }

    /// <summary>Puts a stock image there.</summary>
    public void Stock() => System.IO.File.Copy(StockPath, InFolder("stock.img"));

    /// <summary>Puts a stock image there whose files are changed.</summary>
    public void Stock(Action<SyntheticStock> change)
    {
        SyntheticStock stock = SyntheticStock.Debian();
        change(stock);
        System.IO.File.Move(stock.Write(_making), InFolder("stock.img"));
    }

    /// <summary>Puts a stock image there whose bytes are changed.</summary>
    public void StockBytes(Action<byte[]> change)
    {
        byte[] bytes = System.IO.File.ReadAllBytes(StockPath);
        change(bytes);
        File("stock.img", bytes);
    }

    /// <summary>Has a mirror of Debian until the end.</summary>
    public FakeDebian Debian(FakeDebian debian) => _debian = debian;

    /// <summary>Makes a file.</summary>
    public void File(string name, params byte[] bytes) => System.IO.File.WriteAllBytes(InFolder(name), bytes);

    /// <summary>Makes a folder.</summary>
    public string Folder(string name) => Directory.CreateDirectory(InFolder(name)).FullName;

    /// <summary>Runs a script that prepares, without an error.</summary>
    public void Run(string script) => Assert.Empty(Session.Run(script).Errors.Select(error => error.ToString()));

    /// <summary>Lets another have a file open while the error is provoked.</summary>
    public void Hold(string name, FileShare share) => _held.Add((InFolder(name), share));

    /// <summary>Makes a folder on a disk of 64 KiB; skips the test where that is not allowed.</summary>
    public void SmallDisk(string name)
    {
        Tools.RequireRoot();
        Tools.Require("mount", "umount");
        string path = Folder(name);
        (int exitCode, string output) = Tools.TryRun("mount", "-t", "tmpfs", "-o", "size=64k", "none", path);
        Assert.SkipUnless(exitCode == 0, $"No disk can be mounted here: {output}");
        _mounts.Add(path);
    }

    /// <summary>Where a store in partition 2 starts.</summary>
    public long Store()
    {
        using FileSource source = new(InFolder("live.img"));
        return MasterBootRecord.Read(source).Partitions[1].FirstByte;
    }

    /// <summary>Runs into the error.</summary>
    public ModuleResult Provoke(string script)
    {
        List<FileStream> held = [.. _held.Select(file => new FileStream(file.Path, FileMode.Open, FileAccess.Read, file.Share))];
        try
        {
            return Session.Run(script);
        }
        finally
        {
            held.ForEach(file => file.Dispose());
        }
    }

    /// <summary>Every folder and file with its content.</summary>
    public IReadOnlyDictionary<string, string> Look() => Directory.EnumerateFileSystemEntries(Session.Folder, "*", SearchOption.AllDirectories)
        .ToDictionary(path => Path.GetRelativePath(Session.Folder, path), path => Directory.Exists(path) ? "folder" : Hash(path));

    public void Dispose()
    {
        foreach (string path in _mounts)
            Tools.Run("umount", path);
        Session.Dispose();
        _making.Dispose();
        _debian?.Dispose();
    }

    private static string Hash(string path)
    {
        using FileStream file = System.IO.File.OpenRead(path);
        return Convert.ToHexString(SHA256.HashData(file));
    }

    private string InFolder(string name) => Path.Join(Session.Folder, name);
}
