namespace RpiLive.Tests.Module.Errors;

/// <summary>What cannot be kept, or not so.</summary>
internal static class KeepProvocations
{
    public static IReadOnlyList<Provocation> All { get; } =
    [
        Live("KeepDirectoryInvalid", "Set-RpiLivePersistence live.img srv -Label KEEP"),
        Live("KeepDirectoryForbidden", "Set-RpiLivePersistence live.img /proc -Label KEEP"),
        Live("KeepDirectoryMissing", "Set-RpiLivePersistence live.img /nothing/x -Label KEEP"),
        Live("KeepDirectoryNotDirectory", "Set-RpiLivePersistence live.img /etc/passwd -Label KEEP"),
        Live("KeepRulesNested", "Set-RpiLivePersistence live.img /var, /var/log -Label KEEP"),
        Live("TooManyKeepRules", "Set-RpiLivePersistence live.img (1..65 | ForEach-Object { \"/srv/$_\" }) -Label KEEP"),
        Live("KeepRuleMissing", "Remove-RpiLivePersistence live.img /srv"),
        Live("KeepRuleMissing", "Remove-RpiLivePersistence live.img /srv", "Set-RpiLivePersistence live.img /home -Label KEEP") with { Variant = "another rule" },
        Live("PresetEmpty", "Set-RpiLivePersistence live.img -Preset Containers -Label KEEP"),
        Live("StoreMissing", "Set-RpiLivePersistence live.img /srv"),
        Live("StoreAmbiguous", "Set-RpiLivePersistence live.img /srv", "Set-RpiLivePersistence live.img -Target Usb -Label A", "Set-RpiLivePersistence live.img -Target Usb -Label B"),
        Live("StoreInvalid", "Set-RpiLivePersistence live.img /srv -Target Usb"),
        Live("StoreSizeInvalid", "Set-RpiLivePersistence live.img /srv -Target Partition"),
        Live("TooManyStores", "Set-RpiLivePersistence live.img -Label LAST", "1..8 | ForEach-Object { Set-RpiLivePersistence live.img -Label \"KEEP$_\" }"),
        Configuration("PersistenceConfInvalid", "home union\n"u8.ToArray()),
        Configuration("PersistenceConfLink", "/home link\n"u8.ToArray()),
        Seed("SeedUnusable", "-Label KEEP"),
        new("SeedUnreadable", workshop =>
        {
            workshop.Live();
            workshop.Folder("seed");
            workshop.File("seed/held", new byte[1000]);
            workshop.Hold("seed/held", FileShare.None);
            return "Set-RpiLivePersistence live.img /srv -Target Partition -Size 8MB -Seed seed";
        }),
        Seed("AccountMissing", "-Target Folder -Size 8MB -Owner nobody"),
    ];

    private static Provocation Live(string id, string script, params string[] before) => new(id, workshop =>
    {
        workshop.Live();
        foreach (string step in before)
            workshop.Run(step);
        return script;
    });

    private static Provocation Configuration(string id, byte[] content) => new(id, workshop =>
    {
        workshop.Live();
        workshop.File("persistence.conf", content);
        return "Set-RpiLivePersistence live.img -Label KEEP -ConfigurationFile persistence.conf";
    });

    private static Provocation Seed(string id, string parameters) => new(id, workshop =>
    {
        workshop.Live();
        workshop.Folder("seed");
        return "Set-RpiLivePersistence live.img /srv -Seed seed " + parameters;
    });
}
