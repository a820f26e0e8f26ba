namespace RpiLive.Tests.Module.Errors;

/// <summary>zram, tests, and RpiLive itself.</summary>
internal static class OtherProvocations
{
    public static IReadOnlyList<Provocation> All { get; } =
    [
        new("ZramExists", workshop =>
        {
            workshop.Live();
            workshop.Run("Add-RpiLiveZram live.img");
            return "Add-RpiLiveZram live.img";
        }),
        new("ZramUnsupported", workshop =>
        {
            // As an early RpiLive made it.
            workshop.Live(live => live.Replace("live/image.json", "\"zramAlgorithms\":", "\"unknown\":"));
            return "Add-RpiLiveZram live.img";
        }),
        new("ZramAlgorithmMissing", workshop =>
        {
            workshop.Live();
            return "Add-RpiLiveZram live.img -Algorithm lz4";
        }),
        new("QemuUnusable", workshop =>
        {
            workshop.Live();
            return "Test-RpiLiveImage live.img -Boot -QemuPath live.img";
        }),
        // Nobody knows a way to a fault of RpiLive itself, so this one is made.
        new("Unexpected", workshop =>
        {
            workshop.Stock();
            workshop.Session.Build = (_, _, _) => throw new InvalidOperationException("Nobody thought of this.");
            return "New-FakeImage stock.img live.img";
        }),
    ];
}
