using System.Text.Json;
using RpiLive.BootTests.Harness;

namespace RpiLive.BootTests;

/// <summary>The way of a user: an image with rules made by the cmdlets, then a newer one with the same stick.</summary>
[Collection(Alone.Name)]
public sealed class RebuiltImageTests
{
    private const string Shell = "init=/bin/bash rpilive.root=medium";

    private const string Look = "cd /usr/local/share && cat version added mine changed 2>/dev/null; cat /opt/hello; stat -c '%U:%G %a' /opt/hello /opt/tool";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_kept_outlives_the_image_and_what_is_new_in_the_next_one_shows_through()
    {
        string stock = LiveImage.StockPathOrSkip();
        DirectoryInfo directory = Directory.CreateTempSubdirectory("rpilive-rebuilt-");
        try
        {
            string In(string name) => Path.Combine(directory.FullName, name);
            Directory.CreateDirectory(In("seed"));
            await File.WriteAllTextAsync(In("seed/hello"), "seeded\n", Cancel);
            await File.WriteAllTextAsync(In("seed/tool"), "#!/bin/sh\n", Cancel);
            await HostTools.RunAsync("chmod", ["755", In("seed/tool")], Cancel);
            await HostTools.RunAsync("mke2fs", ["-q", "-F", "-t", "ext4", "-L", "KEEP", In("stick"), "32M"], Cancel);
            string first = await MakeAsync(stock, In, "first", ("version", "one\n"), ("changed", "as delivered\n"));
            string second = await MakeAsync(stock, In, "second", ("version", "two\n"), ("changed", "as delivered, newer\n"), ("added", "new\n"));

            await using (Guest guest = await StartAsync(first, In("stick")))
            {
                Assert.Equal("one\nas delivered\nseeded\npi:pi 640\npi:pi 750\n", await guest.OutputOfAsync(Look, Cancel));
                using JsonDocument status = JsonDocument.Parse(await guest.OutputOfAsync("cat /run/rpilive/status.json", Cancel));
                Assert.Equal(
                    ["/home Overlay Kept", "/opt Bind Kept", "/usr/local Overlay Kept", "/var/tmp Tmpfs Kept"],
                    status.RootElement.GetProperty("keep").EnumerateArray().Select(rule => string.Join(' ', ((string[])["directory", "mode", "state"])
                        .Select(name => rule.GetProperty(name).GetString()))).Order(StringComparer.Ordinal));
                Assert.Empty(status.RootElement.GetProperty("warnings").EnumerateArray());
                await guest.OutputOfAsync("cd /usr/local/share && echo mine >mine && echo mine, changed >changed && echo more >>/opt/hello && sync", Cancel);
                guest.PowerCut();
                await guest.PowerOnAsync(Cancel, Shell);
                await guest.ShellAsync(Cancel);
                Assert.Equal("one\nmine\nmine, changed\nseeded\nmore\npi:pi 640\npi:pi 750\n", await guest.OutputOfAsync(Look, Cancel));
                guest.PowerCut();
            }
            await using (Guest guest = await StartAsync(second, In("stick")))
            {
                Assert.Equal("two\nnew\nmine\nmine, changed\nseeded\npi:pi 640\npi:pi 750\n", await guest.OutputOfAsync(Look, Cancel));
                guest.PowerCut();
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<Guest> StartAsync(string image, string stick)
    {
        Guest guest = await Guest.StartAsync(
            new GuestOptions(image, Machine.Virt) { Name = Path.GetFileNameWithoutExtension(image), UsbSticks = [new(stick)], ExtraWords = Shell }, Cancel);
        await guest.ShellAsync(Cancel);
        return guest;
    }

    /// <summary>A live image, with every kind of store, of a stock image that has these files in /usr/local/share.</summary>
    private static async Task<string> MakeAsync(string stock, Func<string, string> place, string name, params (string Name, string Text)[] files)
    {
        string changed = place(name + "-stock.img"), image = place(name + ".img");
        await HostTools.RunAsync("cp", ["--sparse=always", "--reflink=auto", stock, changed], Cancel);
        List<string> commands = ["cd /usr/local/share"];
        foreach ((string file, string text) in files)
        {
            await File.WriteAllTextAsync(place(file), text, Cancel);
            commands.Add($"write {place(file)} {file}");
        }
        await File.WriteAllLinesAsync(place("commands"), commands, Cancel);
        byte[] table = new byte[512];
        await using (FileStream file = File.OpenRead(changed))
            await file.ReadExactlyAsync(table, Cancel);
        await HostTools.RunAsync("debugfs", ["-w", "-f", place("commands"), $"{changed}?offset={512L * BitConverter.ToUInt32(table, 470)}"], Cancel);

        await Product.RunAsync($$"""
            New-RpiLiveImage -LiteralPath {{Product.Quoted(changed)}} -DestinationPath {{Product.Quoted(image)}} -CompressionLevel 1 |
                Set-RpiLivePersistence -Directory /usr/local -Mode Overlay -Target Usb -Label KEEP -OnMissing Stop |
                Set-RpiLivePersistence -Directory /home -Mode Overlay -Target Folder -Size 16MB |
                Set-RpiLivePersistence -Directory /opt -Mode Bind -Target Partition -Size 64MB -Seed {{Product.Quoted(place("seed"))}} -Owner pi -Group pi -FileMode 640 |
                Set-RpiLivePersistence -Directory /var/tmp -Mode Tmpfs -Size 16MB
            """, Cancel);
        File.Delete(changed);
        return image;
    }
}
