namespace RpiLive.Core.Kernel.Indexes;

/// <summary>What the indexes need of one module, each in the order in which the module has it. Each character is one byte.</summary>
/// <param name="Exports">Symbols that it offers to others.</param>
/// <param name="Imports">Symbols that it takes from the kernel or from other modules.</param>
/// <param name="Aliases">What it can be asked for by.</param>
/// <param name="SoftDependencies">Texts such as <c>pre: a b post: c</c>.</param>
/// <param name="WeakDependencies">Names of modules that it can use.</param>
/// <param name="UnpackedLength">Bytes of the module, unpacked.</param>
internal sealed record ModuleFacts(
    IReadOnlyList<string> Exports, IReadOnlyList<string> Imports, IReadOnlyList<string> Aliases,
    IReadOnlyList<string> SoftDependencies, IReadOnlyList<string> WeakDependencies, int UnpackedLength)
{
    public static ModuleFacts Empty { get; } = new([], [], [], [], [], 0);

    /// <summary>Characters of all texts, and one more for each.</summary>
    public long TextLength => ((IReadOnlyList<string>[])[Exports, Imports, Aliases, SoftDependencies, WeakDependencies])
        .Sum(texts => texts.Sum(text => text.Length + 1L));
}
