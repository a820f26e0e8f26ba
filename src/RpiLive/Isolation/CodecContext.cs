using System.Reflection;
using System.Runtime.Loader;

namespace RpiLive.Isolation;

/// <summary>
/// Loads the codecs and what they need from one folder, whatever versions of the same libraries other modules have loaded.
/// Assemblies that are not in the folder, RpiLive.Core above all, come from the default context and so keep one identity.
/// </summary>
internal sealed class CodecContext(string folder) : AssemblyLoadContext("RpiLive.Codecs")
{
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string path = Path.Join(folder, assemblyName.Name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }
}
