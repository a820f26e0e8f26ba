using System.Diagnostics;
using RpiLive.Core.Compression;
using RpiLive.Core.Errors;
using RpiLive.Core.Testing.Boot;
using RpiLive.Core.Testing.Firmware;
using RpiLive.Core.Testing.Fit;
using RpiLive.Core.Testing.Initramfs;
using RpiLive.Core.Testing.Root;
using RpiLive.Core.Testing.Safety;
using RpiLive.Core.Testing.Settings;
using RpiLive.Core.Testing.Structure;

namespace RpiLive.Core.Testing;

/// <summary>Tests live images.</summary>
/// <param name="codecs">The codecs that the base class library lacks.</param>
public sealed class ImageTest(ICodecs codecs)
{
    /// <summary>Tests an image; what is wrong with it is in the report, whatever it is.</summary>
    /// <param name="path">Full path of the image.</param>
    /// <param name="options">What to test.</param>
    /// <param name="progress">Told the bytes of the live root that are done and that there are, from several threads; may be null.</param>
    /// <param name="cancellation">Ends the test.</param>
    /// <exception cref="ImageException">The host cannot read the file.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public ImageTestReport Run(string path, ImageTestOptions options, Action<long, long>? progress, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        CheckLog log = new(kind => (options.Categories.Count == 0 || options.Categories.Contains(kind.Category)) && !options.IsExcluded(kind));
        using (TestedImage image = new(path, codecs, cancellation))
        {
            StructureChecks.Run(image, log);
            FirmwareChecks.Run(image, options, log);
            RootChecks.Run(image, options, log, progress, cancellation);
            image.ReturnMemory();
            InitramfsChecks.Run(image, log, cancellation);
            image.ReturnMemory();
            SettingsChecks.Run(image, log, cancellation);
            FitChecks.Run(image, options, log);
            image.ReturnMemory();
            // Last of those that read the root, as it works on its tree.
            SafetyChecks.Run(image, log, cancellation);
            if (options.Boot is { } boot)
                BootChecks.Run(image, boot, log, cancellation);
        }
        return new(path, [.. log.Checks.OrderBy(check => check.Result)], Stopwatch.GetElapsedTime(start));
    }
}
