using RpiLive.Core.Errors;

namespace RpiLive.Core.Imaging.Persistence;

/// <summary>The errors of what is asked to be kept.</summary>
internal static class KeepErrors
{
    /// <summary>An error about what was asked for.</summary>
    /// <param name="errorId">One of <see cref="ErrorIds"/>.</param>
    /// <param name="image">Path of the image, or of the file that asks.</param>
    /// <param name="what">What is wrong; no full stop.</param>
    /// <param name="action">What to do; one sentence.</param>
    public static ImageException Request(string errorId, string image, string what, string action) =>
        new(errorId, ImageErrorKind.Request, $"{image}: {what}.", action);
}
