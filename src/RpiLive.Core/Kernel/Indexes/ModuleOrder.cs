namespace RpiLive.Core.Kernel.Indexes;

/// <summary>The order of modules in all indexes: that of modules.order, in which the kernel's build links and lists them.</summary>
internal static class ModuleOrder
{
    /// <summary>Orders modules; what the list does not name comes after all that it names.</summary>
    /// <param name="modules">The modules.</param>
    /// <param name="list">Text of modules.order: paths of plain modules, one a line; empty where there is none.</param>
    public static IReadOnlyList<IndexedModule> Sort(IEnumerable<IndexedModule> modules, string list)
    {
        Dictionary<string, int> places = new(StringComparer.Ordinal);
        // depmod takes no list whose last line is cut.
        string[] lines = list.EndsWith('\n') ? list.Split('\n') : [];
        for (int i = 0; i < lines.Length; i++)
            places[lines[i]] = i;
        return [.. BucketOrder.Sort(modules, module => module.Name, BucketOrder.ModuleBuckets)
            .OrderBy(module => places.GetValueOrDefault(ModuleEntry.Plain(module.Path), int.MaxValue))];
    }
}
