namespace RpiLive.Tests.Module;

/// <summary>Completion of what is a choice by its type.</summary>
public sealed class ChoiceTests : IDisposable
{
    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("New-RpiLiveImage a b -RootMode M", "Medium")]
    [InlineData("Set-RpiLivePersistence a /srv -Target P", "Partition")]
    [InlineData("Add-RpiLiveZram a -Size 51", "512MB")]
    [InlineData("Add-RpiLiveZram a -MemoryLimit 51", "512MB")]
    public void The_begun_word_chooses(string line, string expected) => Assert.Equal([expected], _session.Complete(line));
}
