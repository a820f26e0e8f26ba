using System.Reflection;
using System.Runtime.InteropServices;
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

    /// <summary>C libraries lie in a folder for each platform, as in their package; one that is not there is left to the host.</summary>
    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        string extension = OperatingSystem.IsWindows() ? ".dll" : OperatingSystem.IsMacOS() ? ".dylib" : ".so";
        string architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        string path = Path.Join(folder, "runtimes", $"{system}-{architecture}", "native", unmanagedDllName + extension);
        return NativeLibrary.TryLoad(path, out nint library) ? library : 0;
    }
}
