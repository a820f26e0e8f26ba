namespace RpiLive.Tests.Module.Errors;

/// <summary>Paths and parameters.</summary>
internal static class ParameterProvocations
{
    public static IReadOnlyList<Provocation> All { get; } =
    [
        new("PathNotFound", _ => "Get-RpiLiveImage missing.img"),
        new("PathNotFound", _ => "Get-RpiLiveImage missing*.img") { Variant = "a pattern" },
        new("PathNotFile", workshop =>
        {
            workshop.Folder("folder.img");
            return "Get-RpiLiveImage folder.img";
        }),
        new("PathNotFolder", workshop =>
        {
            workshop.Live();
            return "Set-RpiLivePersistence live.img /srv -Target Folder -Size 8MB -Seed live.img";
        }),
        new("PathNotFileSystem", _ => "Get-RpiLiveImage env:PATH"),
        new("PathInvalid", _ => "Get-RpiLiveImage nodrive:/live.img"),
        new("FolderMissing", workshop =>
        {
            workshop.Live();
            return "Set-RpiLivePersistence live.img /srv -Target Folder -Size 8MB -Seed missing";
        }),
        new("FileUnreadable", workshop =>
        {
            workshop.Live();
            return "Set-RpiLivePersistence live.img -Label KEEP -ConfigurationFile live.img";
        }) { Variant = "too large" },
        new("FileUnreadable", workshop =>
        {
            workshop.Live();
            workshop.File("persistence.conf", "/home\n"u8.ToArray());
            workshop.Hold("persistence.conf", FileShare.None);
            return "Set-RpiLivePersistence live.img -Label KEEP -ConfigurationFile persistence.conf";
        }) { Variant = "held" },
        new("ParametersDisagree", workshop =>
        {
            workshop.Live();
            return "Remove-RpiLivePersistence live.img";
        }) { Names = "keep" },
        new("CompressionLevelOutOfRange", workshop =>
        {
            workshop.Stock();
            return "New-RpiLiveImage stock.img live.img -Compression Gzip -CompressionLevel 10";
        }),
        new("ModelMissing", _ => "Get-RpiModel 'Pi 7'"),
        new("CheckMissing", workshop =>
        {
            workshop.Live();
            return "Test-RpiLiveImage live.img -Exclude Nothing";
        }),
    ];
}
