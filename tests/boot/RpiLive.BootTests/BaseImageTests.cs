using RpiLive.BootTests.Harness;

namespace RpiLive.BootTests;

/// <summary>Images that are made of nothing but packages start and log root in by themselves, and so do their live images.</summary>
[Collection(Alone.Name)]
public sealed class BaseImageTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rpilive-base-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("bookworm", "raspi3b")]
    [InlineData("trixie", "virt")]
    public async Task A_minimal_image_and_its_live_image_start_with_no_failed_unit(string suite, string board)
    {
        // The emulated Pi is so slow that systemd of trixie gives up waiting for its serial port.
        Machine machine = board == Machine.Pi3.Qemu ? Machine.Pi3 : Machine.Virt;
        string image = In("base.img"), live = In("live.img");
        await BaseImages.MakeOrSkipAsync(image, $"-Suite {suite} -HostName sample", Cancel);
        await using (Guest guest = await Guest.StartAsync(new GuestOptions(image, machine) { Name = $"base-{suite}" }, Cancel))
        {
            await guest.ShellAsync(Cancel);
            string state = await guest.WaitForSystemAsync(Cancel);
            Assert.Equal("", (await guest.OutputOfAsync("systemctl --failed --no-legend --plain", Cancel)).Trim());
            Assert.Equal("running", state);
            Assert.Equal("sample", (await guest.OutputOfAsync("hostname", Cancel)).Trim());
            Assert.Equal("rw", (await guest.OutputOfAsync("findmnt -n -o OPTIONS / | cut -c 1-2", Cancel)).Trim());
            Assert.Equal("/boot/firmware", (await guest.OutputOfAsync("findmnt -n -o TARGET /boot/firmware", Cancel)).Trim());
            Assert.Matches("^ii +systemd +", await guest.OutputOfAsync("dpkg -l systemd | tail -1", Cancel));
            Assert.Equal("", (await guest.OutputOfAsync("dpkg --audit", Cancel)).Trim());
            guest.PowerCut();
        }
        await Product.RunAsync($"New-RpiLiveImage {Product.Quoted(image)} {Product.Quoted(live)} -CompressionLevel 2", Cancel);
        await using (Guest guest = await Guest.StartAsync(new GuestOptions(live, machine) { Name = $"base-{suite}-live" }, Cancel))
        {
            await guest.ShellAsync(Cancel);
            string state = await guest.WaitForSystemAsync(Cancel);
            Assert.Equal("", (await guest.OutputOfAsync("systemctl --failed --no-legend --plain", Cancel)).Trim());
            Assert.Equal("running", state);
            Assert.Equal("overlay", (await guest.OutputOfAsync("findmnt -n -o FSTYPE /", Cancel)).Trim());
            guest.PowerCut();
            Assert.Empty(await guest.WrittenAsync(Cancel));
        }
    }

    [Fact]
    public async Task A_rescue_image_has_its_tools_and_takes_the_key_alone()
    {
        string image = In("rescue.img"), live = In("live.img");
        await HostTools.RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", In("key")], Cancel);
        string key = (await File.ReadAllTextAsync(In("key.pub"), Cancel)).Trim();
        await BaseImages.MakeOrSkipAsync(image, $"-Profile Rescue -AuthorizedKey {Product.Quoted(key)}", Cancel);
        await Product.RunAsync($"New-RpiLiveImage {Product.Quoted(image)} {Product.Quoted(live)} -CompressionLevel 2", Cancel);
        await using Guest guest = await Guest.StartAsync(new GuestOptions(live, Machine.Virt) { Name = "rescue-live" }, Cancel);
        await guest.ShellAsync(Cancel);
        string state = await guest.WaitForSystemAsync(Cancel);
        Assert.Equal("", (await guest.OutputOfAsync("systemctl --failed --no-legend --plain", Cancel)).Trim());
        Assert.Equal("running", state);
        foreach (string command in (string[])
            ["e2fsck -V", "xfs_repair -V", "btrfs --version", "fsck.vfat --help", "fsck.exfat -V", "parted --version", "sgdisk --version", "smartctl --version",
             "ddrescue --version", "rsync --version", "cryptsetup --version", "nano --version", "ssh -V", "curl --version", "wpa_supplicant -v"])
            Assert.DoesNotMatch(": not found|error while loading", (await guest.RunAsync($"{command} 2>&1", Cancel)).Output);
        Assert.Contains("ddrescue", await guest.OutputOfAsync("cat /etc/motd", Cancel), StringComparison.Ordinal);
        // The server starts with keys of its own, lets the key in, and no password.
        Assert.Equal("active", (await guest.OutputOfAsync("systemctl is-active ssh", Cancel)).Trim());
        string settings = await guest.OutputOfAsync("sshd -T", Cancel);
        Assert.Contains("passwordauthentication no", settings, StringComparison.Ordinal);
        Assert.Equal(key, (await guest.OutputOfAsync("cat /root/.ssh/authorized_keys", Cancel)).Trim());
        Assert.Equal("", (await guest.OutputOfAsync("cut -d : -f 2 /etc/shadow | grep -v '^[*!]' || true", Cancel)).Trim());
        guest.PowerCut();
        Assert.Empty(await guest.WrittenAsync(Cancel));
    }

    private string In(string name) => Path.Combine(_folder.FullName, name);
}
