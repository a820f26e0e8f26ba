using System.Text.RegularExpressions;
using RpiLive.BootTests.Harness;

namespace RpiLive.BootTests;

/// <summary>The harness sees what it is there to see, shown on a stock image whose init is a shell: seconds, not minutes.</summary>
[Collection(Alone.Name)]
public sealed partial class HarnessTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Without it, a harness that sees no writes would prove nothing.</summary>
    [Fact]
    public async Task Write_to_the_card_is_seen()
    {
        await using Guest guest = await StartShellAsync(new GuestOptions(LiveImage.StockPathOrSkip(), Machine.Virt) { Name = "harness-card" });
        Assert.Empty(await guest.WrittenAsync(Cancel));
        await TypeAsync(guest, "mount -o remount,rw /dev/vda2 / && echo x >/written && sync");
        guest.PowerCut();
        Assert.NotEmpty(await guest.WrittenAsync(Cancel));
    }

    [Fact]
    public async Task Usb_stick_keeps_what_the_guest_writes()
    {
        string image = LiveImage.StockPathOrSkip();
        string stick = Path.GetTempFileName();
        try
        {
            await using (FileStream file = File.OpenWrite(stick))
                file.SetLength(8 << 20);
            await using Guest guest = await StartShellAsync(
                new GuestOptions(image, Machine.Virt) { Name = "harness-usb", UsbSticks = [new(stick)] });
            await TypeAsync(
                guest,
                "modprobe -a xhci-pci usb-storage sd_mod && until [ -b /dev/sda ]; do sleep 1; done; "
                + "echo written-by-the-guest | dd of=/dev/sda conv=fsync");
            guest.PowerCut();
            Assert.StartsWith("written-by-the-guest\n", await File.ReadAllTextAsync(stick, Cancel), StringComparison.Ordinal);
            Assert.Empty(await guest.WrittenAsync(Cancel));
        }
        finally
        {
            File.Delete(stick);
        }
    }

    private static async Task<Guest> StartShellAsync(GuestOptions options)
    {
        Guest guest = await Guest.StartAsync(options with { ExtraWords = "init=/bin/bash" }, Cancel);
        await guest.ExpectAsync(Prompt(), TimeSpan.FromMinutes(5), Cancel);
        return guest;
    }

    private static async Task TypeAsync(Guest guest, string command)
    {
        // The command itself is echoed; only the shell makes two of one and one.
        await guest.TypeAsync($"{command} && echo done-$((1 + 1))\n", Cancel);
        await guest.ExpectAsync(Done(), TimeSpan.FromMinutes(2), Cancel);
    }

    [GeneratedRegex(@"root@\S*# $")]
    private static partial Regex Prompt();

    [GeneratedRegex(@"done-2")]
    private static partial Regex Done();
}
