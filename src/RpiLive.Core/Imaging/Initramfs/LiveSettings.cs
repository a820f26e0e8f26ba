using System.Globalization;
using System.Text;
using RpiLive.Core.Errors;
using RpiLive.Core.Imaging.Persistence;

namespace RpiLive.Core.Imaging.Initramfs;

/// <summary>
/// The live settings: what <c>live/rpilive.conf</c> on the boot volume says to /init. One <c>key=value</c> a line, <c>#</c>
/// starts a comment line. Each key is also a word of the kernel command line, with <c>rpilive.</c> before it, and wins there.
/// </summary>
public sealed record LiveSettings
{
    /// <summary>Path on the boot volume.</summary>
    public const string Path = "live/rpilive.conf";

    /// <summary>The most bytes of the file; /init reads no further.</summary>
    public const int MaxLength = 64 << 10;

    private const int MaxMiB = MemorySize.MaxMebibytes, MaxTimeout = 3600;
    private const int MinInodes = 1000, MaxInodes = 1_000_000_000;
    private const long MaxClock = 253_402_300_799;

    /// <summary>Where the root lives (<c>root=auto|ram|medium</c>).</summary>
    public RootMode Root { get; init; } = RootMode.Auto;

    /// <summary>When the SHA-256 of the root is checked (<c>verify=auto|yes|no</c>).</summary>
    public VerifyMode Verify { get; init; } = VerifyMode.Auto;

    /// <summary>What happens when the root cannot be started (<c>onerror=stop|reboot|shell</c>).</summary>
    public OnError OnError { get; init; } = OnError.Stop;

    /// <summary>MiB of RAM that must stay available after the copy, 0 to 1,048,576 (<c>reserve=MIB</c>).</summary>
    public int Reserve { get; init; } = 160;

    /// <summary>Seconds to wait for the boot medium, 1 to 3,600 (<c>timeout=SECONDS</c>).</summary>
    public int Timeout { get; init; } = 30;

    /// <summary>The most RAM that written data can take (<c>upper=PERCENT%</c> or <c>upper=MIB</c>).</summary>
    public MemorySize Upper { get; init; } = new(50, true);

    /// <summary>The most files and directories that can be written, 1,000 to 1,000,000,000; null for one for 4 KiB (<c>upper.inodes=NUMBER</c>).</summary>
    public int? UpperInodes { get; init; }

    /// <summary>What happens when the root does not fit in RAM (<c>lowmemory=medium|stop</c>).</summary>
    public OnLowMemory OnLowMemory { get; init; } = OnLowMemory.Medium;

    /// <summary>Swap on zram; null for none (<c>zram=PERCENT%|MIB</c>, <c>zram.</c>*).</summary>
    public ZramSettings? Zram { get; init; }

    /// <summary>True to show only warnings and errors on the console (<c>quiet=yes|no</c>).</summary>
    public bool Quiet { get; init; }

    /// <summary>Seconds since 1970 that the clock must not be behind; null when not said (<c>clock=EPOCH</c>).</summary>
    public long? Clock { get; init; }

    /// <summary>What is kept, and where (<c>persistence</c>, <c>store.</c>*, <c>keep</c>, <c>machineid</c>).</summary>
    public PersistenceSettings Persistence { get; init; } = new();

    /// <summary>Keys that this version does not know, in order, kept as they are.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Others { get; init; } = [];

    /// <summary>Comment lines of whoever edited the file by hand, in order.</summary>
    public IReadOnlyList<string> Comments { get; init; } = [];

    /// <summary>Reads the settings; a key given twice takes its last value.</summary>
    /// <param name="text">Content of the file; line ends of any kind, with or without a byte order mark.</param>
    /// <param name="source">What errors call it.</param>
    /// <exception cref="ImageException"><c>CorruptSettings</c>: a line is no setting, or a value is not allowed.</exception>
    public static LiveSettings Parse(string text, string source)
    {
        LiveSettings settings = new();
        PersistenceReader persistence = new();
        ZramSettings zram = new();
        bool hasZram = false;
        List<KeyValuePair<string, string>> others = [];
        List<string> comments = [];
        int number = 0;
        foreach (string raw in text.TrimStart('\uFEFF').Split('\n'))
        {
            number++;
            string line = raw.Trim(' ', '\t', '\r');
            if (line.StartsWith('#') && !SettingsComments.IsOurs(line))
                comments.Add(line);
            if (line.Length == 0 || line[0] == '#')
                continue;
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            string key = equals < 0 ? "" : line[..equals].TrimEnd(' ', '\t'), value = line[(equals + 1)..].TrimStart(' ', '\t');
            if (key.Length == 0 || !key.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-'))
                throw Corrupt(source, $"line {number} is not of the form key=value: '{line[..Math.Min(line.Length, 80)]}'");
            if (PersistenceReader.Knows(key))
            {
                if (persistence.Take(key, value, number) is { } refusal)
                    throw Corrupt(source, $"line {number}: {refusal}");
                continue;
            }
            if (ZramSettings.Knows(key))
            {
                if (key != "zram")
                    zram = zram.With(key, value) ?? throw Refused(key, value);
                else if (hasZram = value != "off")
                    zram = zram with { Size = ZramSettings.ParseSize(value) ?? throw Refused(key, value) };
                continue;
            }
            if (settings.With(key, value) is not { } changed)
                throw Refused(key, value);
            if (ReferenceEquals(changed, settings))
            {
                others.RemoveAll(other => other.Key == key);
                others.Add(new(key, value));
            }
            settings = changed;
        }
        return settings with
        {
            Zram = hasZram ? zram : null,
            Persistence = persistence.Finish(out (string Text, int Line) fault)
                ?? throw Corrupt(source, $"line {fault.Line}: {fault.Text}"),
            Others = others,
            Comments = comments,
        };

        ImageException Refused(string key, string value) => Corrupt(source, $"line {number}: {key} cannot be '{value[..Math.Min(value.Length, 80)]}'");
    }

    /// <summary>The content of the file, in a fixed order; comments of users follow the first line.</summary>
    public string Format()
    {
        StringBuilder text = new(SettingsComments.Header + "\n");
        foreach (string comment in Comments)
            text.Append(comment).Append('\n');
        Add("root", Root.ToString());
        Add("verify", Verify.ToString());
        Add("onerror", OnError.ToString());
        Add("reserve", Reserve.ToString(CultureInfo.InvariantCulture));
        Add("timeout", Timeout.ToString(CultureInfo.InvariantCulture));
        Add("upper", Upper.ToString());
        if (UpperInodes is { } inodes)
            Add("upper.inodes", inodes.ToString(CultureInfo.InvariantCulture));
        Add("lowmemory", OnLowMemory.ToString());
        Add("quiet", Quiet ? "yes" : "no");
        if (Clock is { } clock)
            Add("clock", clock.ToString(CultureInfo.InvariantCulture));
        Zram?.AppendTo(text);
        Persistence.AppendTo(text);
        foreach ((string key, string value) in Others)
            text.Append(CultureInfo.InvariantCulture, $"{key}={value}\n");
        return text.ToString();

        void Add(string key, string value) => text.Append(CultureInfo.InvariantCulture, $"{key}={value.ToLowerInvariant()}\n");
    }

    private static ImageException Corrupt(string source, string what) => new(
        "CorruptSettings", ImageErrorKind.Corrupt, $"{source}: {what}.",
        $"Correct the line in {Path} on the boot volume with any text editor, or remove it.");

    /// <summary>The settings with one key changed, the same object where the key is not known, null where the value is not allowed.</summary>
    private LiveSettings? With(string key, string value)
    {
        switch (key)
        {
            case "root":
                return value switch
                {
                    "auto" => this with { Root = RootMode.Auto },
                    "ram" => this with { Root = RootMode.Ram },
                    "medium" => this with { Root = RootMode.Medium },
                    _ => null,
                };
            case "verify":
                return value switch
                {
                    "auto" => this with { Verify = VerifyMode.Auto },
                    "yes" => this with { Verify = VerifyMode.Yes },
                    "no" => this with { Verify = VerifyMode.No },
                    _ => null,
                };
            case "onerror":
                return value switch
                {
                    "stop" => this with { OnError = OnError.Stop },
                    "reboot" => this with { OnError = OnError.Reboot },
                    "shell" => this with { OnError = OnError.Shell },
                    _ => null,
                };
            case "reserve":
                return SettingNumber.Parse(value, 0, MaxMiB) is { } reserve ? this with { Reserve = (int)reserve } : null;
            case "timeout":
                return SettingNumber.Parse(value, 1, MaxTimeout) is { } timeout ? this with { Timeout = (int)timeout } : null;
            case "upper":
                return MemorySize.Parse(value) is { } upper ? this with { Upper = upper } : null;
            case "upper.inodes":
                return SettingNumber.Parse(value, MinInodes, MaxInodes) is { } inodes ? this with { UpperInodes = (int)inodes } : null;
            case "lowmemory":
                return value switch
                {
                    "medium" => this with { OnLowMemory = OnLowMemory.Medium },
                    "stop" => this with { OnLowMemory = OnLowMemory.Stop },
                    _ => null,
                };
            case "quiet":
                return value is "yes" or "no" ? this with { Quiet = value == "yes" } : null;
            case "clock":
                return SettingNumber.Parse(value, 0, MaxClock) is { } clock ? this with { Clock = clock } : null;
            default:
                return this;
        }
    }
}
