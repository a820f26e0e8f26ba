namespace RpiLive.Core.Imaging.Base;

/// <summary>Suites of one mirror.</summary>
/// <param name="Mirror">Base address, such as <c>https://deb.debian.org/debian</c>.</param>
/// <param name="Suites">Names of suites, such as <c>bookworm</c> and <c>bookworm-updates</c>.</param>
internal sealed record PackageOrigin(Uri Mirror, IReadOnlyList<string> Suites);
