using RpiLive.Codecs;
using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.Editing;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Imaging.Persistence;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Imaging;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Testing;

/// <summary>Good live images of several layouts, built once for all tests of a class.</summary>
public sealed class GoodImages : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _paths = [];

    /// <summary>What is tested: three kernels of which one is 64-bit; one for all of them; Debian's names; stores and zram.</summary>
    public static TheoryData<string> Names { get; } = ["trixie", "bullseye", "debian", "stores"];

    public string this[string name]
    {
        get
        {
            if (!_paths.TryGetValue(name, out string? path))
                _paths.Add(name, path = name == "stores" ? MakeStores() : Build(name));
            return path;
        }
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>The stock image of a layout, with all that a good live image needs.</summary>
    internal static SyntheticStock Stock(string name)
    {
        SyntheticStock stock = name switch
        {
            "bullseye" => SyntheticStock.Bullseye(),
            "debian" => SyntheticStock.Debian(),
            _ => SyntheticStock.TrixieArmhf(),
        };
        stock.Root.With("etc/passwd", "root:x:0:0:root:/root:/bin/bash\npi:x:1000:1000::/home/pi:/bin/bash\n").With("etc/group", "root:x:0:\npi:x:1000:\n")
            .With("etc/shadow", "root:*:19000:0:99999:7:::\npi:!:19000:0:99999:7:::\n").With("etc/ssh/sshd_config", "")
            .With("usr/lib/systemd/system/multi-user.target", "[Unit]\n").With("usr/lib/systemd/system/systemd-journald.service", "[Service]\n")
            .With("var/log/dpkg.log", "x").With("srv/readme", "x").WithLink("var/spool/mail", "../mail").With("var/mail/pi", "");
        return stock;
    }

    private string Build(string name)
    {
        string output = _folder[name + ".img"];
        new LiveImageBuilder(new ThirdPartyCodecs()).Build(
            new LiveImageOptions { SourcePath = Stock(name).Write(_folder, name + "-stock.img"), DestinationPath = output, Threads = 2, CompressionLevel = 1 },
            progress: null, TestContext.Current.CancellationToken);
        return output;
    }

    private string MakeStores()
    {
        string path = _folder["stores.img"];
        File.Copy(this["trixie"], path);
        using LiveImageEditor editor = LiveImageEditor.Open(path);
        editor.SetPartition(16 << 20, null, CancellationToken.None);
        editor.SetContainer(8 << 20, null, CancellationToken.None);
        editor.WriteSettings(editor.Settings with
        {
            Zram = new ZramSettings { Algorithm = "zstd" },
            Persistence = new PersistenceSettings
            {
                Stores = [new() { Name = "card", Kind = StoreKind.Partition }, new() { Name = "file", Kind = StoreKind.Folder }, new() { Name = "stick", Kind = StoreKind.Usb, Label = "KEEP" }],
                Rules = [new("/home", KeepMode.Overlay, "card"), new("/srv", KeepMode.Bind, "file"), new("/var/log", KeepMode.Overlay, "stick")],
            },
        });
        return path;
    }
}
