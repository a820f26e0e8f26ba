using System.Text;

namespace RpiLive.Core.Imaging.BootFiles;

/// <summary>cmdline.txt: the words that the firmware hands to the kernel. It takes one line; the others it ignores.</summary>
public sealed class KernelCommandLine
{
    /// <summary>The most bytes of a file that is read; the kernel takes 4,096 at most.</summary>
    public const int MaxLength = 64 << 10;

    private static readonly string[] s_cardWords = ["rootwait", "ro", "rw", "resize", "boot=overlay", "noinitrd"];

    private static readonly string[] s_cardKeys =
        ["root", "rootfstype", "rootflags", "rootdelay", "resume", "resume_offset", "overlayroot", "fsck.mode", "fsck.repair", "forcefsck", "nfsroot", "rdinit"];

    private static readonly string[] s_firstBootInits = ["/raspberrypi-sys-mods/firstboot", "/init_resize.sh"];

    private readonly IReadOnlyList<string> _words;

    private KernelCommandLine(IReadOnlyList<string> words) => _words = words;

    /// <summary>The words, quotes kept.</summary>
    public IReadOnlyList<string> Words => _words;

    /// <summary>Reads the first line that has words.</summary>
    public static KernelCommandLine Parse(ReadOnlySpan<byte> bytes)
    {
        string line = Encoding.Latin1.GetString(bytes).Split('\n').Select(text => text.Trim('\r', ' ', '\t', '\0')).FirstOrDefault(text => text.Length > 0) ?? "";
        List<string> words = [];
        StringBuilder word = new();
        bool quoted = false;
        foreach (char character in line)
        {
            quoted ^= character == '"';
            if (!quoted && character is ' ' or '\t')
                Flush();
            else
                word.Append(character);
        }
        Flush();
        return new KernelCommandLine(words);

        void Flush()
        {
            if (word.Length > 0)
                words.Add(word.ToString());
            word.Clear();
        }
    }

    /// <summary>
    /// Without what leads a boot back to the card: its root and how to check, resize and overlay it, the scripts of a first
    /// boot, what keeps the kernel from starting our /init (noinitrd, rdinit), and the Imager's run of /boot/firstrun.sh, which ends in a reboot and so would never end here.
    /// </summary>
    /// <param name="dropped">The words taken out.</param>
    public KernelCommandLine ToLive(out IReadOnlyList<string> dropped)
    {
        bool firstRun = _words.Any(word => word.StartsWith("systemd.run=", StringComparison.Ordinal) && word.Contains("firstrun.sh", StringComparison.Ordinal));
        ILookup<bool, string> words = _words.ToLookup(word => s_cardWords.Contains(word) || s_cardKeys.Contains(KeyOf(word))
            || KeyOf(word) == "init" && s_firstBootInits.Any(script => word.EndsWith(script, StringComparison.Ordinal))
            || firstRun && (word.StartsWith("systemd.run", StringComparison.Ordinal) || word == "systemd.unit=kernel-command-line.target"));
        dropped = [.. words[true]];
        return new KernelCommandLine([.. words[false]]);
    }

    /// <summary>The content of the file: one line.</summary>
    public byte[] ToBytes() => Encoding.Latin1.GetBytes(string.Join(' ', _words) + "\n");

    private static string KeyOf(string word) => word.Split('=', 2) is [string key, _] ? key : "";
}
