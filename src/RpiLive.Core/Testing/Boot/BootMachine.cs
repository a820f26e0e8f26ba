using System.Diagnostics;
using System.Globalization;
using RpiLive.Core.Fat;
using RpiLive.Core.Imaging.BootFiles;
using RpiLive.Core.Imaging.Persistence;
using RpiLive.Core.Kernel;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Testing.Boot;

/// <summary>Plays the firmware for one kernel of an image: puts its files before QEMU and follows what comes of it.</summary>
internal sealed class BootMachine : IDisposable
{
    private const int PollMilliseconds = 250, MaxKernel = 256 << 20;

    /// <summary>How long the system may take to go down once it has reported.</summary>
    private static readonly TimeSpan s_shutdown = TimeSpan.FromSeconds(120);

    private readonly TestedImage _image;
    private readonly TestedKernel _kernel;
    private readonly QemuMachine _machine;
    private readonly BootOptions _options;
    private readonly string _folder;
    private readonly List<string> _logs = [];

    /// <summary>Lays out the files.</summary>
    public BootMachine(TestedImage image, TestedKernel kernel, QemuMachine machine, BootOptions options)
    {
        _image = image;
        _kernel = kernel;
        _machine = machine;
        _options = options;
        _folder = Directory.CreateTempSubdirectory("rpilive-boot-").FullName;
        try
        {
            Put("kernel", KernelImage.ToPlain(Read(kernel.Path), image.Codecs));
            Put("initramfs", Read(kernel.InitramfsPath));
            if (machine.DeviceTree is { } tree)
                Put("device-tree", Read(tree));
            long length = image.Source.Length;
            QemuOverlay.Create(OverlayPath, machine.HasCardReader ? (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)length) : (length + 511) / 512 * 512);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>QEMU's card readers read less than 2 MB a second, which is no matter of the image.</summary>
    private TimeSpan CopyTime => _machine.HasCardReader ? TimeSpan.FromSeconds((_image.RootFile?.Content.Length ?? 0) >> 20) : TimeSpan.Zero;

    /// <summary>The file that takes what the machine writes.</summary>
    public string OverlayPath => Path.Join(_folder, "card.qcow2");

    /// <summary>The files with all that the serial port showed, one a start.</summary>
    public IReadOnlyList<string> Logs => _logs;

    /// <summary>Starts the machine on the card as the last start left it, and waits until it is done.</summary>
    /// <param name="isLast">False to have the guest ask for a restart in the end.</param>
    /// <param name="cancellation">Ends it.</param>
    public BootRecord Run(bool isLast, CancellationToken cancellation)
    {
        string log = Path.Join(_folder, string.Create(CultureInfo.InvariantCulture, $"console-{_logs.Count}.log"));
        _logs.Add(log);
        long start = Stopwatch.GetTimestamp();
        GuestReport report = new();
        using SerialLog serial = new(log);
        using QemuRun run = QemuRun.Start(_options.Qemu!, Arguments(log, isLast));
        TimeSpan? reported = null;
        bool timedOut = false;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            // Asked before the lines are read, so that the last ones are not missed.
            bool isOver = run.IsOff || run.HasEnded;
            foreach (string line in serial.ReadLines())
                report.Take(line);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            if (report.System is not null)
                reported ??= elapsed;
            timedOut = elapsed > (reported + s_shutdown ?? _options.Timeout + CopyTime);
            if (isOver || timedOut || report.Failure is not null || report.HasPanicked || serial.IsFull)
                break;
            Tell(report, elapsed, isLast);
            cancellation.WaitHandle.WaitOne(PollMilliseconds);
        }
        bool isOff = run.IsOff;
        long? written = run.HasEnded ? null : run.AskWritten();
        bool isBroken = run.HasEnded && !isOff;
        run.Quit();
        return new(report, written, isOff, isBroken, timedOut, serial.Tail, run.Errors, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>Takes all files away.</summary>
    public void Dispose()
    {
        for (int tries = 0; Directory.Exists(_folder); tries++)
        {
            try
            {
                Directory.Delete(_folder, recursive: true);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException && tries < 20)
            {
                // On Windows the files of a program that has just ended are held a little longer.
                Thread.Sleep(100);
            }
        }
    }

    private byte[] Read(string path) => FatPath.FindFile(_image.Boot!, path)!.Content.ReadAll(MaxKernel);

    private void Put(string name, byte[] content) => File.WriteAllBytes(Path.Join(_folder, name), content);

    private List<string> Arguments(string log, bool isLast)
    {
        string drive = $"file={Escape(OverlayPath)},format=qcow2,backing.driver=raw,backing.file.driver=file,backing.file.filename={Escape(_image.Path)},id=card,cache=unsafe,if={(_machine.HasCardReader ? "sd" : "none")}";
        List<string> arguments =
        [
            .. _machine.Arguments(_kernel.Architecture == KernelArchitecture.Arm64),
            "-kernel", Path.Join(_folder, "kernel"), "-initrd", Path.Join(_folder, "initramfs"),
            "-append", CommandLine(isLast), "-drive", drive,
        ];
        if (_machine.DeviceTree is not null)
            arguments.AddRange(["-dtb", Path.Join(_folder, "device-tree")]);
        if (!_machine.HasCardReader)
            arguments.AddRange(["-device", "virtio-blk-pci,drive=card"]);
        for (int port = 0; port < _machine.SerialPort; port++)
            arguments.AddRange(["-serial", "null"]);
        arguments.AddRange(["-chardev", $"file,id=console,path={Escape(log)}", "-serial", "chardev:console"]);
        return arguments;
    }

    /// <summary>The words of the image, with the machine's console and the wish for a report.</summary>
    private string CommandLine(bool isLast)
    {
        IReadOnlyList<string> words = FatPath.FindFile(_image.Boot!, _image.Configuration!.CommandLinePath) is { Content.Length: <= KernelCommandLine.MaxLength } file
            ? KernelCommandLine.Parse(file.Content.ReadAll(KernelCommandLine.MaxLength)).Words
            : [];
        List<string> all =
        [
            .. words.Where(word => !word.StartsWith("console=", StringComparison.Ordinal) && !word.StartsWith("rpilive.report", StringComparison.Ordinal)),
            $"console={_machine.Console},115200", $"rpilive.report={(isLast ? "poweroff" : "restart")}",
        ];
        // QEMU before 8 loses programs to a fault in its translation when their places are random.
        if (_options.Qemu!.Version.Major < 8)
            all.Add("norandmaps");
        if (NeedsStick(_image.EffectiveSettings.Persistence))
            all.Add("rpilive.persistence=off");
        return string.Join(' ', all);
    }

    /// <summary>True when the boot would stop without a stick, and there is none here.</summary>
    public static bool NeedsStick(PersistenceSettings persistence) =>
        persistence.Stores.Any(store => store is { Kind: StoreKind.Usb, OnMissing: OnMissing.Stop });

    private void Tell(GuestReport report, TimeSpan elapsed, bool isLast)
    {
        (string what, int part) = report switch
        {
            { System: not null } => ("going down", 45),
            { Boot: not null } => ("the live root is there, the system starts", 30),
            _ when report.Event("medium") is not null => ("the boot medium was found, the live root is put together", 15),
            _ when report.HasKernel => ("the kernel has started", 5),
            _ => ("starting", 1),
        };
        _options.Progress?.Invoke(string.Create(CultureInfo.InvariantCulture, $"{_kernel.Name} on {_machine.Name}, {(isLast ? "second" : "first")} boot, {elapsed.TotalSeconds:0} s: {what}"), part + (isLast ? 50 : 0));
    }

    /// <summary>In QEMU's options a comma is doubled.</summary>
    private static string Escape(string path) => path.Replace(",", ",,", StringComparison.Ordinal);
}
