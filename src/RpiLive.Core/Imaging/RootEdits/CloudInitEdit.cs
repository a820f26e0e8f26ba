using System.Text;

namespace RpiLive.Core.Imaging.Edits;

/// <summary>cloud-init, which applies user-data and network-config of the boot volume at each boot of a live system.</summary>
/// <remarks>
/// With /var/lib/cloud gone, each boot is the first of an instance, and so the modules run that run once an instance. That is
/// right for users, names and networks. The module raspberry_pi however restarts the Pi after it changed config.txt; on a
/// read-only boot volume it would do so for ever. A list in a later file replaces that of an earlier one, so the lists are
/// given again without it. Growing the root is off: there is nothing to grow.
/// </remarks>
internal sealed class CloudInitEdit : IRootEdit
{
    private const string ConfigPath = "/etc/cloud/cloud.cfg";
    private const string ConfigFolder = "/etc/cloud/cloud.cfg.d";
    private const string Extension = ".cfg";
    private const string Rebooting = "raspberry_pi";

    private static readonly string[] s_lists = ["cloud_init_modules", "cloud_config_modules", "cloud_final_modules"];

    public string Name => "cloud-init";

    public string Reason => "Its module raspberry_pi would restart the Pi at every boot, as config.txt cannot be changed, and there is no root to grow.";

    public void Apply(RootEditor root)
    {
        if (!root.IsFile(ConfigPath))
            return;
        string ours = DropIns.LastName(root, Extension, ConfigFolder);
        string[] texts =
        [
            root.ReadText(ConfigPath)!,
            .. root.NamesIn(ConfigFolder).Where(name => name.EndsWith(Extension, StringComparison.Ordinal) && name != ours)
                .Order(StringComparer.Ordinal).Select(name => root.ReadText($"{ConfigFolder}/{name}") ?? ""),
        ];
        StringBuilder settings = new("""
            # The boot volume of a live image is read-only, and its root cannot grow.
            growpart:
              mode: "off"
            resize_rootfs: false

            """);
        foreach (string key in s_lists)
        {
            string? text = texts.LastOrDefault(text => ModuleList.IsIn(text, key));
            if (text is null)
                continue;
            if (ModuleList.Parse(text, key) is not { } modules)
            {
                root.Warn($"The list {key} of cloud-init cannot be read. If it has the module {Rebooting}, and user-data has the key rpi, the Pi may restart for ever.");
                continue;
            }
            if (!modules.Any(module => ModuleList.NameOf(module) == Rebooting))
                continue;
            settings.Append(key).Append(":\n");
            foreach (string module in modules.Where(module => ModuleList.NameOf(module) != Rebooting))
                settings.Append("  - ").Append(module).Append('\n');
        }
        root.PutText($"{ConfigFolder}/{ours}", settings.ToString());
    }
}
