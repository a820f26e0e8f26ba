using System.Globalization;

namespace RpiLive.Core.Imaging.Edits;

/// <summary>Where journald writes, and how much.</summary>
/// <remarks>
/// The file lies in the vendor's folder, so that the boot can put one of the same name under /run when /var/log is kept, and an
/// admin one under /etc (journald.conf(5)).
/// </remarks>
internal sealed class JournalEdit : IRootEdit
{
    private const string VendorFolder = "/usr/lib/systemd/journald.conf.d";

    private static readonly string s_size = string.Create(CultureInfo.InvariantCulture, $"{MemoryBudget.JournalMebibytes}M");

    public string Name => "journal";

    public string Reason => "The journal would grow in RAM without an end worth having: it stays in /run, with a limit.";

    public void Apply(RootEditor root)
    {
        if (!Units.Has(root, "systemd-journald.service"))
            return;
        string name = DropIns.LastName(root, ".conf", "/etc/systemd/journald.conf.d", "/usr/local/lib/systemd/journald.conf.d", VendorFolder);
        root.PutText($"{VendorFolder}/{name}", $"""
            # A live image keeps its journal in RAM.
            [Journal]
            Storage=volatile
            RuntimeMaxUse={s_size}

            """);
    }
}
