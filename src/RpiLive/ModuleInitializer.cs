using System.Management.Automation;
using System.Reflection;
using System.Runtime.Loader;
using RpiLive.Isolation;

namespace RpiLive;

/// <summary>
/// Run by PowerShell on import: makes RpiLive.Codecs, when it is first needed, load into a context of its own.
/// There is no clean-up on purpose: the hook is process-wide while removal of a module is per runspace, and the assemblies
/// cannot be unloaded anyway.
/// </summary>
public sealed class ModuleInitializer : IModuleAssemblyInitializer
{
    private const string CodecsAssembly = "RpiLive.Codecs";

    private static readonly CodecContext s_context =
        new(Path.Join(Path.GetDirectoryName(typeof(ModuleInitializer).Assembly.Location), "dependencies"));

    private static int s_hooked;

    /// <inheritdoc/>
    public void OnImport()
    {
        if (Interlocked.Exchange(ref s_hooked, 1) == 0)
            AssemblyLoadContext.Default.Resolving += Resolve;
    }

    private static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name) =>
        name.Name == CodecsAssembly ? s_context.LoadFromAssemblyName(name) : null;
}
