namespace RpiLive.Tests.Module.Errors;

/// <summary>The ways to all errors of the table.</summary>
internal static class Provocations
{
    public static IReadOnlyList<Provocation> All { get; } =
    [
        .. ParameterProvocations.All, .. StockProvocations.All, .. PackedProvocations.All, .. DestinationProvocations.All, .. LiveProvocations.All,
        .. KeepProvocations.All, .. MirrorProvocations.All, .. OtherProvocations.All,
    ];
}
