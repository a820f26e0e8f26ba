using System.Buffers.Binary;
using System.Globalization;

namespace RpiLive.BootTests.Harness;

/// <summary>
/// A copy of the live image with settings and stores, made by mtools and mke2fs: what /init finds does not depend on what our own
/// cmdlets write.
/// </summary>
internal sealed class LiveCard : IDisposable
{
    private readonly string _directory;

    private LiveCard(string directory)
    {
        _directory = directory;
        Image = Path.Combine(directory, "card.img");
    }

    /// <summary>The image file.</summary>
    public string Image { get; }

    /// <summary>A path beside the image, which goes with it.</summary>
    public string this[string name] => Path.Combine(_directory, name);

    /// <summary>Copies the live image and adds lines to its settings.</summary>
    public static async Task<LiveCard> MakeAsync(string image, string settings, CancellationToken cancel)
    {
        LiveCard card = new(Directory.CreateTempSubdirectory("rpilive-card-").FullName);
        await HostTools.RunAsync("cp", ["--sparse=always", "--reflink=auto", image, card.Image], cancel);
        string text = await card.BootVolume.ReadAsync("live/rpilive.conf", cancel) ?? throw new FileNotFoundException("the image has no live/rpilive.conf");
        await card.PutAsync("live/rpilive.conf", text + settings, cancel);
        return card;
    }

    /// <summary>Puts a text file on the boot volume.</summary>
    public async Task PutAsync(string name, string text, CancellationToken cancel)
    {
        string file = this["put"];
        await File.WriteAllTextAsync(file, text, cancel);
        await BootVolume.CopyInAsync(file, name, cancel);
    }

    /// <summary>Puts an ext4 container on the boot volume.</summary>
    public async Task AddContainerAsync(int mib, CancellationToken cancel)
    {
        string file = this["container"];
        await MakeExt4Async(file, mib, "RPILIVE", null, cancel);
        string volume = $"{Image}@@{BootVolume.BootVolume.Start}";
        await HostTools.RunAsync("mmd", ["-i", volume, "::/live/keep"], cancel);
        await BootVolume.CopyInAsync(file, "live/keep/store.ext4", cancel);
    }

    /// <summary>Adds an ext4 partition behind the boot volume.</summary>
    public async Task AddPartitionAsync(int mib, CancellationToken cancel)
    {
        const int Sector = 512, Alignment = 4 << 20;
        (long start, long length) = BootVolume.BootVolume;
        long from = (start + length + Alignment - 1) / Alignment * Alignment, size = (long)mib << 20;
        byte[] entry = [0, 0xFE, 0xFF, 0xFF, 0x83, 0xFE, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(8), (uint)(from / Sector));
        BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(12), (uint)(size / Sector));
        await using (FileStream file = File.OpenWrite(Image))
        {
            file.SetLength(from + size);
            file.Position = 462;
            await file.WriteAsync(entry, cancel);
        }
        await HostTools.RunAsync(
            "mke2fs", ["-q", "-F", "-t", "ext4", "-b", "4096", "-L", "RPILIVE", "-E", $"offset={from}", Image, (size >> 12).ToString(CultureInfo.InvariantCulture)], cancel);
    }

    /// <summary>A stick with ext4 on all of it.</summary>
    /// <param name="label">Volume label.</param>
    /// <param name="mib">Its size.</param>
    /// <param name="tree">A directory whose content it has; null for none.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task<string> StickAsync(string label, int mib, string? tree, CancellationToken cancel)
    {
        string file = this[$"stick-{label}-{Guid.NewGuid():N}"];
        await MakeExt4Async(file, mib, label, tree, cancel);
        return file;
    }

    /// <summary>A stick with FAT32, as it comes from the shop.</summary>
    public async Task<string> FatStickAsync(string label, int mib, CancellationToken cancel)
    {
        string file = this["fat-" + label];
        await HostTools.RunAsync("mkfs.vfat", ["-C", "-F", "32", "-n", label, file, (mib << 10).ToString(CultureInfo.InvariantCulture)], cancel);
        return file;
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private Firmware BootVolume => new(Image, _directory);

    private static async Task MakeExt4Async(string file, int mib, string label, string? tree, CancellationToken cancel)
    {
        List<string> arguments = ["-q", "-F", "-t", "ext4", "-b", "4096", "-L", label];
        if (tree is not null)
            arguments.AddRange(["-d", tree]);
        await HostTools.RunAsync("mke2fs", [.. arguments, file, $"{mib}M"], cancel);
    }
}
