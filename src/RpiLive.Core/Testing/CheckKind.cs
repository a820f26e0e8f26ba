namespace RpiLive.Core.Testing;

/// <summary>A check by itself.</summary>
/// <param name="Id">Stable name; part of the public interface.</param>
/// <param name="Category">What it is about.</param>
/// <param name="Description">What holds when it passes, in one sentence.</param>
public sealed record CheckKind(string Id, CheckCategory Category, string Description);
