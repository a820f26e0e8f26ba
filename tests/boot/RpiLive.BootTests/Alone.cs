namespace RpiLive.BootTests;

/// <summary>Boots that are measured, are slow by themselves, or depend on how soon something comes: nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = nameof(Alone);
}
