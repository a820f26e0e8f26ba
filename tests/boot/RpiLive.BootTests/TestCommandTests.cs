using System.Diagnostics;
using System.Globalization;
using System.Xml.Linq;
using RpiLive.BootTests.Harness;

namespace RpiLive.BootTests;

/// <summary>Test-RpiLiveImage -Boot, as a build server runs it, judged by its report for build servers.</summary>
public sealed class TestCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rpilive-testcommand-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_whole_pipeline_makes_an_image_that_starts_keeps_and_leaves_the_card_alone()
    {
        string stock = LiveImage.StockPathOrSkip(), live = Path.Join(_folder, "live.img");
        Dictionary<string, string> results = await TestAsync(
            $"New-RpiLiveImage -LiteralPath {Product.Quoted(stock)} -DestinationPath {Product.Quoted(live)} -CompressionLevel 3 | "
            + "Set-RpiLivePersistence -Directory /home -Target Partition -Size 32MB | Add-RpiLiveZram | Test-RpiLiveImage -Model 'Pi 4B 2GB' -Boot");
        Assert.DoesNotContain("Failed", results.Values);
        foreach (string check in (string[])["BootKernel", "BootMedium", "BootRoot", "BootZram", "BootStores", "BootSystem", "BootUnits", "BootWrites", "BootPristine", "BootTime"])
            Assert.Equal("Passed", results[check + " (v8)"]);
    }

    /// <summary>What only a boot shows: the unit is as harmless to look at as any other.</summary>
    [Fact]
    public async Task A_service_that_writes_to_the_card_switches_swap_off_and_fails_is_found_out()
    {
        string stock = LiveImage.StockPathOrSkip(), changed = Path.Join(_folder, "stock.img"), live = Path.Join(_folder, "live.img");
        await HostTools.RunAsync("cp", ["--sparse=always", "--reflink=auto", stock, changed], Cancel);
        string unit = Path.Join(_folder, "upkeep.service");
        await File.WriteAllTextAsync(unit, """
            [Unit]
            Description=Upkeep
            After=local-fs.target

            [Service]
            Type=oneshot
            ExecStart=/bin/sh -c 'read disk </run/rpilive/facts/medium_disk; blockdev --setrw /dev/$disk; dd if=/dev/zero of=/dev/$disk bs=512 seek=64 count=3 oflag=direct; swapoff -a; false'

            """, Cancel);
        long offset = await RootOffsetAsync(changed);
        string root = string.Create(CultureInfo.InvariantCulture, $"{changed}?offset={offset}");
        foreach (string command in (string[])[$"write {unit} /etc/systemd/system/upkeep.service", "mkdir /etc/systemd/system/multi-user.target.wants",
            "symlink /etc/systemd/system/multi-user.target.wants/upkeep.service ../upkeep.service"])
            await HostTools.RunAsync("debugfs", ["-w", "-R", command, root], Cancel);
        Dictionary<string, string> results = await TestAsync(
            $"New-RpiLiveImage -LiteralPath {Product.Quoted(changed)} -DestinationPath {Product.Quoted(live)} -CompressionLevel 1 | Add-RpiLiveZram | Test-RpiLiveImage -Boot");
        Assert.Equal(["BootWrites (v8)", "BootZram (v8)"], results.Where(result => result.Value == "Failed").Select(result => result.Key).Order());
        Assert.Equal("Warning", results["BootUnits (v8)"]);
        Assert.Equal("Passed", results["BootPristine (v8)"]);
    }

    [Fact]
    public async Task A_kernel_that_looks_sound_and_does_not_start_is_found_out()
    {
        string live = await CopyAsync();
        Firmware volume = new(live, _folder);
        string kernel = await volume.CopyOutAsync("kernel8.img", "kernel", Cancel) ?? throw new FileNotFoundException("the image has no kernel8.img");
        string plain = Path.Join(_folder, "plain");
        byte[] image = await File.ReadAllBytesAsync(kernel, Cancel);
        if (image.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
        {
            await using FileStream output = File.Create(plain);
            await using System.IO.Compression.GZipStream gzip = new(new MemoryStream(image), System.IO.Compression.CompressionMode.Decompress);
            await gzip.CopyToAsync(output, Cancel);
        }
        else
        {
            await File.WriteAllBytesAsync(plain, image, Cancel);
        }
        await using (FileStream file = File.Open(plain, FileMode.Open))
        {
            // Behind the head; the name of the release lies far behind.
            file.Position = 0x10000;
            file.Write(new byte[0x100000]);
        }
        await volume.CopyInAsync(plain, "kernel8.img", Cancel);
        Dictionary<string, string> results = await TestAsync($"Test-RpiLiveImage -LiteralPath {Product.Quoted(live)} -Boot -BootTimeoutSeconds 25");
        Assert.Equal(["BootKernel (v8)"], results.Where(result => result.Value == "Failed").Select(result => result.Key));
        Assert.Equal("Passed", results["BootWrites (v8)"]);
    }

    /// <summary>As VirtTests see it on the console.</summary>
    [Fact]
    public async Task A_squashfs_with_one_wrong_byte_is_refused_by_the_boot_too()
    {
        string live = await CopyAsync();
        Firmware volume = new(live, _folder);
        string squashfs = await volume.CopyOutAsync("live/root.squashfs", "squashfs", Cancel) ?? throw new FileNotFoundException("the image has no live/root.squashfs");
        await using (FileStream file = File.Open(squashfs, FileMode.Open))
        {
            file.Position = file.Length / 2;
            int value = file.ReadByte();
            file.Position--;
            file.WriteByte((byte)(value ^ 0x01));
        }
        await volume.CopyInAsync(squashfs, "live/root.squashfs", Cancel);
        string log = Path.Join(_folder, "console.log");
        Dictionary<string, string> results = await TestAsync($"Test-RpiLiveImage -LiteralPath {Product.Quoted(live)} -Category Root, Boot -Boot -ConsoleLogPath {Product.Quoted(log)}");
        Assert.Equal(("Failed", "Failed", "Passed"), (results["RootChecksum"], results["BootRoot (v8)"], results["BootMedium (v8)"]));
        Assert.Contains("rpilive: STOP:", await File.ReadAllTextAsync(log, Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_leaves_no_process_and_no_file()
    {
        string live = LiveImage.PathOrSkip(), temporary = Path.Join(_folder, "tmp"), log = Path.Join(_folder, "console.log");
        Directory.CreateDirectory(temporary);
        using Process host = Product.Start($"Test-RpiLiveImage -LiteralPath {Product.Quoted(live)} -Category Boot -Boot -ConsoleLogPath {Product.Quoted(log)}", ("TMPDIR", temporary));
        while (!Directory.EnumerateFiles(temporary, "console-0.log", SearchOption.AllDirectories).Any(file => new FileInfo(file).Length > 0))
        {
            Assert.False(host.HasExited, "It ended before it booted anything.");
            await Task.Delay(100, Cancel);
        }
        await HostTools.RunAsync("kill", ["-INT", host.Id.ToString(CultureInfo.InvariantCulture)], Cancel);
        await host.WaitForExitAsync(Cancel);
        Assert.Equal(130, host.ExitCode);
        Assert.Empty(Directory.EnumerateDirectories(temporary, "rpilive-boot-*"));
        Assert.False(File.Exists(log));
        Assert.DoesNotContain(
            Directory.EnumerateFiles("/proc", "cmdline", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1, IgnoreInaccessible = true }),
            file => IsOf(file, temporary));
    }

    private static bool IsOf(string commandLine, string folder)
    {
        try
        {
            return File.ReadAllText(commandLine).Contains(folder, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Results by check and subject.</summary>
    private async Task<Dictionary<string, string>> TestAsync(string command)
    {
        string report = Path.Join(_folder, "report.xml");
        await Product.RunAsync($"{command} -JUnitPath {Product.Quoted(report)}", Cancel);
        IEnumerable<XElement> cases = XDocument.Load(report).Descendants("testcase").ToList();
        foreach (XElement failure in cases.Where(test => test.Element("failure") is not null))
            TestContext.Current.TestOutputHelper?.WriteLine($"{failure.Attribute("name")!.Value}: {failure.Element("failure")!.Attribute("message")!.Value}");
        return cases.GroupBy(test => test.Attribute("name")!.Value).ToDictionary(
            group => group.Key,
            group => group.Any(test => test.Element("failure") is not null) ? "Failed"
                : group.Any(test => test.Element("skipped") is not null) ? "Skipped"
                : group.Any(test => test.Element("system-out")!.Value.StartsWith("Warning: ", StringComparison.Ordinal)) ? "Warning"
                : "Passed");
    }

    private async Task<string> CopyAsync()
    {
        string copy = Path.Join(_folder, "copy.img");
        await HostTools.RunAsync("cp", ["--sparse=always", "--reflink=auto", LiveImage.PathOrSkip(), copy], Cancel);
        return copy;
    }

    /// <summary>Where the second partition starts.</summary>
    private static async Task<long> RootOffsetAsync(string image)
    {
        byte[] sector = new byte[512];
        await using FileStream file = File.OpenRead(image);
        await file.ReadExactlyAsync(sector, Cancel);
        return BitConverter.ToUInt32(sector, 446 + 16 + 8) * 512L;
    }
}
