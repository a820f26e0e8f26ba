using System.Globalization;

namespace RpiLive.Tests.Boot;

/// <summary>How many damaged inputs a mutation test tries: RPILIVE_MUTATION_SEEDS, else 2,000.</summary>
internal static class Seeds
{
    public static int Count { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("RPILIVE_MUTATION_SEEDS"), CultureInfo.InvariantCulture, out int count) ? count : 2000;
}
