using System.Buffers.Binary;
using System.Text.RegularExpressions;

namespace RpiLive.BootTests.Harness;

/// <summary>What the firmware hands to the kernel.</summary>
internal sealed record BootFiles(string Kernel, string? Initramfs, string? DeviceTree, string CommandLine);

/// <summary>Plays the Pi's firmware: reads the boot volume of an image and nothing else of it.</summary>
internal sealed partial class Firmware(string image, string directory)
{
    /// <summary>
    /// Programs at the same address at each start. QEMU up to 7.2 translates code anew for each address and keeps it with the page,
    /// so the pages of a program started hundreds of times, as busybox is by /init, take minutes to be used for anything else.
    /// </summary>
    private const string OneAddress = "norandmaps";

    private readonly (long Start, long Length) _volume = FindBootVolume(image);

    /// <summary>Where the boot volume lies in the image.</summary>
    public (long Start, long Length) BootVolume => _volume;

    public async Task<BootFiles> LoadAsync(Machine machine, string extraWords, CancellationToken cancel)
    {
        string configFile = await ReadAsync("config.txt", cancel) ?? throw new FileNotFoundException("the boot volume has no config.txt");
        BootConfig config = BootConfig.Parse(configFile, machine.Filters);

        string kernel = await CopyOutAsync(config.Kernel, "kernel", cancel)
            ?? throw new FileNotFoundException("the boot volume has no " + config.Kernel);
        string words = (await ReadAsync(config.CommandLineFile, cancel) ?? "").Split('\n')[0];
        return new BootFiles(
            kernel, await LoadInitramfsAsync(config, cancel), await LoadDeviceTreeAsync(config, machine, cancel),
            CommandLine(words, machine, $"{OneAddress} {extraWords}"));
    }

    /// <summary>Copies a file out of the boot volume; null when it has none of that name.</summary>
    public async Task<string?> CopyOutAsync(string name, string to, CancellationToken cancel)
    {
        string target = Path.Combine(directory, to);
        string[] arguments = ["-n", "-o", "-i", $"{image}@@{_volume.Start}", "::/" + name, target];
        (int status, _, _) = await HostTools.TryRunAsync(HostTools.MCopy, arguments, cancel);
        return status == 0 ? target : null;
    }

    /// <summary>Puts a file on the boot volume, over one of the same name.</summary>
    public Task CopyInAsync(string file, string name, CancellationToken cancel) =>
        HostTools.RunAsync(HostTools.MCopy, ["-n", "-o", "-i", $"{image}@@{_volume.Start}", file, "::/" + name], cancel);

    public async Task<string?> ReadAsync(string name, CancellationToken cancel) =>
        await CopyOutAsync(name, "text", cancel) is { } file ? await File.ReadAllTextAsync(file, cancel) : null;

    /// <summary>The console that the image calls serial0 is the one we listen to, and the last one named: systemd's and init's.</summary>
    internal static string CommandLine(string words, Machine machine, string extraWords) =>
        string.Join(' ', words.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Where(word => !SerialConsoleWord().IsMatch(word))
            .Append($"console={machine.Console},115200")
            .Concat(extraWords.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    private async Task<string?> LoadInitramfsAsync(BootConfig config, CancellationToken cancel)
    {
        (IReadOnlyList<string> names, bool optional) = config.Initramfs;
        if (names.Count == 0)
            return null;
        string whole = Path.Combine(directory, "initramfs");
        await using FileStream output = File.Create(whole);
        foreach (string name in names)
        {
            string? part = await CopyOutAsync(name, "initramfs-part", cancel);
            if (part is null)
                return optional ? null : throw new FileNotFoundException("the boot volume has no " + name);
            await using FileStream input = File.OpenRead(part);
            await input.CopyToAsync(output, cancel);
        }
        return whole;
    }

    private async Task<string?> LoadDeviceTreeAsync(BootConfig config, Machine machine, CancellationToken cancel)
    {
        if (machine.DeviceTrees.Count == 0)
            return null;
        foreach (string name in config.DeviceTree is { } chosen ? [chosen] : machine.DeviceTrees)
        {
            if (await CopyOutAsync(name, "devicetree", cancel) is { } file)
                return file;
        }
        throw new FileNotFoundException("the boot volume has no device tree for " + machine.Qemu);
    }

    private static (long Start, long Length) FindBootVolume(string image)
    {
        Span<byte> sector = stackalloc byte[512];
        using FileStream file = File.OpenRead(image);
        file.ReadExactly(sector);
        if (sector[510] != 0x55 || sector[511] != 0xAA)
            throw new InvalidDataException("no partition table in " + image);
        for (int entry = 446; entry < 510; entry += 16)
        {
            if (sector[entry + 4] is 0x0B or 0x0C or 0x0E)
            {
                return (512L * BinaryPrimitives.ReadUInt32LittleEndian(sector[(entry + 8)..]),
                    512L * BinaryPrimitives.ReadUInt32LittleEndian(sector[(entry + 12)..]));
            }
        }
        throw new InvalidDataException("no FAT partition in " + image);
    }

    [GeneratedRegex("^console=(serial|ttyS|ttyAMA)")]
    private static partial Regex SerialConsoleWord();
}
