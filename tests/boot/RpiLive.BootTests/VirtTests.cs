using System.Text.Json;
using System.Text.RegularExpressions;
using RpiLive.BootTests.Harness;
using RpiLive.Tests.Support;

namespace RpiLive.BootTests;

/// <summary>What does not need a Pi: the same kernel and image on QEMU's own machine, which is quicker and has any memory.</summary>
public sealed partial class VirtTests
{
    /// <summary>Lets systemd greet as soon as it starts, also on a quiet command line.</summary>
    private const string LoudSystem = "systemd.show_status=1";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_too_little_memory_the_root_is_read_from_the_card_and_the_console_says_so()
    {
        string image = LiveImage.PathOrSkip();
        await using Guest guest = await Guest.StartAsync(
            new GuestOptions(image, Machine.Virt) { Name = "virt-medium", MemoryMiB = await TooLittleMemoryForRamAsync(image) }, Cancel);
        await guest.LoginAsync(Cancel);
        Assert.Equal("running", await guest.WaitForSystemAsync(Cancel));
        Assert.Equal("", (await guest.OutputOfAsync("systemctl --failed --no-legend --plain", Cancel)).Trim());

        using JsonDocument status = await StatusAsync(guest);
        Schemas.Check("rpilive-boot", status.RootElement);
        CommandResult told = await guest.RunAsync("rpilive status --json", Cancel);
        Assert.Equal(1, told.Status);
        using JsonDocument now = JsonDocument.Parse(told.Output);
        Schemas.Check("rpilive-status", now.RootElement);
        Assert.Equal("Medium", status.RootElement.GetProperty("rootMode").GetString());
        Assert.NotEqual("", status.RootElement.GetProperty("reason").GetString());
        // Before anyone logs in: the message of the day says it too.
        Assert.Matches(LowMemoryWarning(), guest.ConsoleText().Split("login:")[0]);

        string[][] mounts = [.. (await guest.OutputOfAsync("cat /proc/mounts", Cancel))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))];
        Assert.Equal("overlay", Assert.Single(mounts, mount => mount[1] == "/")[2]);
        Assert.DoesNotContain(
            mounts, mount => mount[0].StartsWith("/dev/vd", StringComparison.Ordinal) && !mount[3].Split(',').Contains("ro"));

        await guest.OutputOfAsync("echo x >/etc/rpilive-test; echo x >/boot/rpilive-test; sync", Cancel);
        guest.PowerCut();
        Assert.Empty(await guest.WrittenAsync(Cancel));
    }

    [Fact]
    public async Task With_too_little_memory_and_memory_demanded_it_stops_and_says_why()
    {
        string image = LiveImage.PathOrSkip();
        await using Guest guest = await Guest.StartAsync(
            new GuestOptions(image, Machine.Virt)
            {
                Name = "virt-stop",
                MemoryMiB = await TooLittleMemoryForRamAsync(image),
                ExtraWords = "rpilive.root=ram " + LoudSystem,
            },
            Cancel);
        await guest.ExpectAsync(LowMemoryStop(), TimeSpan.FromMinutes(5), Cancel);
        await AssertNoSystemStartsAsync(guest);
    }

    [Fact]
    public async Task A_squashfs_with_one_wrong_byte_is_refused()
    {
        string image = LiveImage.PathOrSkip();
        string directory = Directory.CreateTempSubdirectory("rpilive-damaged-").FullName;
        try
        {
            string damaged = Path.Combine(directory, "damaged.img");
            await HostTools.RunAsync("cp", ["--sparse=always", "--reflink=auto", image, damaged], Cancel);
            Firmware volume = new(damaged, directory);
            string squashfs = await volume.CopyOutAsync("live/root.squashfs", "squashfs", Cancel)
                ?? throw new FileNotFoundException("the image has no live/root.squashfs");
            await using (FileStream file = File.Open(squashfs, FileMode.Open))
            {
                file.Position = file.Length / 2;
                int value = file.ReadByte();
                file.Position--;
                file.WriteByte((byte)(value ^ 0x01));
            }
            await volume.CopyInAsync(squashfs, "live/root.squashfs", Cancel);

            await using Guest guest = await Guest.StartAsync(
                new GuestOptions(damaged, Machine.Virt)
                {
                    Name = "virt-damaged",
                    MemoryMiB = await MemoryForRamAsync(image),
                    ExtraWords = LoudSystem,
                },
                Cancel);
            await guest.ExpectAsync(DamagedStop(), TimeSpan.FromMinutes(5), Cancel);
            await AssertNoSystemStartsAsync(guest);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>A system that was going to start would greet well within this time.</summary>
    private static async Task AssertNoSystemStartsAsync(Guest guest)
    {
        await Task.Delay(TimeSpan.FromSeconds(30), Cancel);
        Assert.DoesNotMatch("login:|Welcome to|systemd\\[1\\]", guest.ConsoleText());
        guest.PowerCut();
        Assert.Empty(await guest.WrittenAsync(Cancel));
    }

    private static async Task<JsonDocument> StatusAsync(Guest guest) =>
        JsonDocument.Parse(await guest.OutputOfAsync("cat /run/rpilive/status.json", Cancel));

    private static async Task<int> MemoryForRamAsync(string image) => await SquashfsMiBAsync(image) + 768;

    /// <summary>The squashfs would fit, but leave nothing to work with.</summary>
    private static async Task<int> TooLittleMemoryForRamAsync(string image) => await SquashfsMiBAsync(image) + 128;

    private static async Task<int> SquashfsMiBAsync(string image)
    {
        string directory = Directory.CreateTempSubdirectory("rpilive-size-").FullName;
        try
        {
            string file = await new Firmware(image, directory).CopyOutAsync("live/root.squashfs", "squashfs", Cancel)
                ?? throw new FileNotFoundException("the image has no live/root.squashfs");
            return (int)(new FileInfo(file).Length >> 20);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [GeneratedRegex("^rpilive: WARNING: .*memory", RegexOptions.Multiline)]
    private static partial Regex LowMemoryWarning();

    [GeneratedRegex("^rpilive: STOP: .*memory", RegexOptions.Multiline)]
    private static partial Regex LowMemoryStop();

    [GeneratedRegex("^rpilive: STOP: .*damaged", RegexOptions.Multiline)]
    private static partial Regex DamagedStop();
}
