using RpiLive.Core.Errors;

namespace RpiLive.Core.Kernel.Indexes;

/// <summary>The one error of this folder.</summary>
internal static class ModuleError
{
    /// <summary>A <c>CorruptModule</c>.</summary>
    /// <param name="path">Absolute path in the image.</param>
    /// <param name="what">What is wrong, without a full stop.</param>
    public static ImageException Of(string path, string what) => ImageException.Corrupt("Module", path, what);
}
