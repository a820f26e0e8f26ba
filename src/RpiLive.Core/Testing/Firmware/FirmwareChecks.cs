using System.Text;
using RpiLive.Core.Fat;
using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.BootFiles;
using RpiLive.Core.Imaging.Facts;
using RpiLive.Core.Kernel;
using RpiLive.Core.Tree;
using static System.FormattableString;

namespace RpiLive.Core.Testing.Firmware;

/// <summary>What the firmware reads, as it reads it.</summary>
internal static class FirmwareChecks
{
    /// <summary>Characters of a line of config.txt that the firmware takes (config_txt.adoc).</summary>
    private const int MaxConfigLine = 98;

    /// <summary>Characters of the command line that 32-bit kernels take (COMMAND_LINE_SIZE of arch/arm).</summary>
    private const int MaxCommandLine = 1024;

    private const string ConfigPath = "config.txt";

    /// <summary>Makes the checks.</summary>
    public static void Run(TestedImage image, ImageTestOptions options, CheckLog log)
    {
        if (image.Boot is not { } boot || image.Configuration is not { } configuration)
        {
            foreach (CheckKind kind in (CheckKind[])[CheckKinds.BootConfiguration, CheckKinds.CommandLine, CheckKinds.ModelBoot])
                log.Skip(kind, Reasons.NoBootVolume);
            return;
        }
        log.Run(CheckKinds.BootConfiguration, null, findings => CheckConfiguration(boot, configuration, findings));
        log.Run(CheckKinds.CommandLine, null, findings => CheckCommandLine(boot, configuration.CommandLinePath, image.Kernels.Any(kernel => kernel.Architecture == KernelArchitecture.Arm), findings));
        foreach (BoardBoot board in image.Boards)
            CheckBoard(image, board, boot, options, log);
        string[] treeless = [.. image.Boards.Where(board => board is { Kernel: not null, DeviceTree: null } && Runs(image, board) && !IsRequired(board.Model, options)).Select(board => board.Model.Name)];
        if (treeless.Length > 0)
        {
            log.Run(CheckKinds.ModelBoot, null, findings =>
            {
                findings.Warn($"There is no device tree for {string.Join(", ", treeless)}: the image does not start there.",
                    "Use a stock image for these models, or put their device trees (.dtb) on the boot volume.");
                return "";
            });
        }
    }

    private static bool IsRequired(PiModel model, ImageTestOptions options) => options.Models.Any(required => required.Model == model);

    private static string CheckConfiguration(DirectoryNode boot, BootConfiguration configuration, Findings findings)
    {
        if (FatPath.FindFile(boot, ConfigPath) is not { } file)
        {
            findings.Fail("The boot volume has no config.txt: no model loads an initramfs then.");
            return "";
        }
        if (file.Content.Length > ConfigText.MaxLength)
        {
            findings.Fail(Invariant($"config.txt has {file.Content.Length:N0} bytes, which no firmware reads."), "Make it shorter.");
            return "";
        }
        int number = 0;
        foreach (string line in Encoding.Latin1.GetString(file.Content.ReadAll(ConfigText.MaxLength)).Split('\n').Select(line => line.TrimEnd('\r')))
        {
            number++;
            if (line.Length > MaxConfigLine && !line.StartsWith('#'))
                findings.Warn(Invariant($"Line {number} of config.txt has {line.Length:N0} characters; the firmware takes {MaxConfigLine}."), "Make the line shorter.");
        }
        foreach (BootSetting setting in configuration.Settings.Where(setting => setting.Key == "include"))
            findings.Warn($"config.txt includes {setting.Value}, which is not there.", "Remove the line, or put the file there.");
        if (configuration.Settings.Any(setting => setting is { Key: "os_prefix", Value.Length: > 0 }) && configuration.Settings.Any(setting => setting is { Key: "auto_initramfs", Value: "1" }))
        {
            findings.Warn("config.txt has os_prefix and auto_initramfs, which firmware of 2026 gets wrong together.",
                "Name the initramfs with an initramfs line in place of auto_initramfs.");
        }
        return Invariant($"{configuration.Settings.Count} settings.");
    }

    private static string CheckCommandLine(DirectoryNode boot, string path, bool has32Bit, Findings findings)
    {
        if (FatPath.FindFile(boot, path) is not { } file)
        {
            findings.Warn($"The boot volume has no {path}: the kernel starts without a console.", "Put a file of one line there, such as console=serial0,115200 console=tty1.");
            return "";
        }
        if (file.Content.Length > KernelCommandLine.MaxLength)
        {
            findings.Fail(Invariant($"{path} has {file.Content.Length:N0} bytes, more than a kernel command line can have."), "Make it one short line.");
            return "";
        }
        byte[] bytes = file.Content.ReadAll(KernelCommandLine.MaxLength);
        string[] lines = [.. Encoding.Latin1.GetString(bytes).Split('\n').Select(line => line.Trim('\r', ' ', '\t', '\0')).Where(line => line.Length > 0)];
        if (lines.Length > 1)
            findings.Warn($"{path} has {lines.Length} lines; the firmware takes the first one alone.", "Put all words in one line.");
        KernelCommandLine words = KernelCommandLine.Parse(bytes);
        int length = words.ToBytes().Length;
        if (length > MaxCommandLine && has32Bit)
            findings.Warn(Invariant($"{path} has {length:N0} characters; 32-bit kernels take {MaxCommandLine:N0}."), "Make it shorter.");
        return string.Join(' ', words.Words) is { Length: > 0 } text ? text : "empty.";
    }

    private static void CheckBoard(TestedImage image, BoardBoot board, DirectoryNode boot, ImageTestOptions options, CheckLog log)
    {
        bool required = IsRequired(board.Model, options), runs = Runs(image, board);
        string name = board.Model.Name;
        if (!runs && !required)
        {
            log.Skip(CheckKinds.ModelBoot, $"{board.Kernel} is for another processor.", name);
            return;
        }
        if (board.Kernel is null && !required)
        {
            log.Skip(CheckKinds.ModelBoot, "The image has no kernel for it.", name);
            return;
        }
        if (board.DeviceTree is null && !required && IsComplete(board, boot))
        {
            log.Skip(CheckKinds.ModelBoot, "The image has no device tree for it.", name);
            return;
        }
        log.Run(CheckKinds.ModelBoot, name, findings =>
        {
            if (board.Kernel is null)
            {
                findings.Fail("The image has no kernel that it loads.", "Use a stock image for this model.");
                return "";
            }
            if (!runs)
                findings.Fail($"It loads {board.Kernel}, which is for another processor.", "Use a stock image for this model.");
            if (FatPath.FindFile(boot, board.Kernel) is null)
                findings.Fail($"config.txt names the kernel {board.Kernel}, which is not there.", "Correct the line in config.txt, or put the kernel there.");
            if (board.InitramfsFiles.Count == 0)
            {
                findings.Fail($"It loads {board.Kernel} and no initramfs: the kernel looks for a root on the card and finds none.",
                    "Add auto_initramfs=1 to config.txt, or make the live image again.");
            }
            foreach (string path in board.InitramfsFiles.Where(path => FatPath.FindFile(boot, path) is null))
                findings.Fail($"It loads {board.Kernel} with the initramfs {path}, which is not there.");
            if (board.InitramfsFiles.Count > 1)
                findings.Fail($"It loads {board.InitramfsFiles.Count} initramfs files as one ({string.Join(", ", board.InitramfsFiles)}): the kernel takes the /init of the last.", $"Name {board.Initramfs} alone in config.txt.");
            if (MissingFirmware(board.Model, boot) is { } firmware)
                findings.Fail($"It has no firmware to start with: {firmware} is not on the boot volume.");
            if (board.DeviceTree is null)
                findings.Fail($"It has no device tree: {board.DeviceTreeWanted} is not on the boot volume.", "Use a stock image for this model, or put its device tree there.");
            return $"{board.Kernel}, {board.Initramfs}, {board.DeviceTree}.";
        });
    }

    /// <summary>False when the kernel is known to be for another processor.</summary>
    private static bool Runs(TestedImage image, BoardBoot board) =>
        image.Kernels.FirstOrDefault(kernel => kernel.Path.Equals(board.Kernel, StringComparison.OrdinalIgnoreCase))?.Architecture switch
        {
            KernelArchitecture.Arm64 => board.Model.Kernels64.Count > 0,
            KernelArchitecture.Arm => board.Model.Kernels32.Count > 0,
            _ => true,
        };

    /// <summary>True when a device tree is all that a model may lack.</summary>
    private static bool IsComplete(BoardBoot board, DirectoryNode boot) => FatPath.FindFile(boot, board.Kernel!) is not null && board.InitramfsFiles.Count > 0
        && board.InitramfsFiles.All(path => FatPath.FindFile(boot, path) is not null) && MissingFirmware(board.Model, boot) is null;

    /// <summary>The second and third stage of models whose firmware lies on the card (boot.adoc); a Pi 5 has all of it in its flash.</summary>
    private static string? MissingFirmware(PiModel model, DirectoryNode boot) => model.Soc switch
    {
        SocFamily.Bcm2712 => null,
        SocFamily.Bcm2711 => HasStage(boot, "start4") ? null : "start4.elf",
        _ when FatPath.FindFile(boot, "bootcode.bin") is null => "bootcode.bin",
        _ => HasStage(boot, "start") ? null : "start.elf",
    };

    /// <summary>True when one of a family is there: start.elf, start_cd.elf, start_x.elf, start_db.elf; those of the Pi 4 have a 4.</summary>
    private static bool HasStage(DirectoryNode boot, string stem) =>
        ((string[])["", "cd", "x", "db"]).Any(kind => FatPath.FindFile(boot, stem + (stem == "start" && kind.Length > 0 ? "_" : "") + kind + ".elf") is not null);
}
