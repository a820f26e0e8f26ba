using System.Diagnostics;
using System.Globalization;
using RpiLive.Core.Imaging.Editing;
using RpiLive.Core.Imaging.Initramfs;

namespace RpiLive.Bench;

/// <summary>Measures edits of a live image in place.</summary>
internal static class EditCommand
{
    private const int Edits = 20;

    /// <summary>Opens the image and changes its settings some times; the image ends with the settings that it had.</summary>
    public static void Run(string file)
    {
        string path = Path.GetFullPath(file);

        // The first time pays for the compiler of .NET.
        LiveImageEditor.Open(path).Dispose();
        long start = Stopwatch.GetTimestamp();
        using LiveImageEditor editor = LiveImageEditor.Open(path);
        TimeSpan opening = Stopwatch.GetElapsedTime(start);
        LiveSettings settings = editor.Settings;
        LiveSettings other = settings with { Quiet = !settings.Quiet };
        List<TimeSpan> times = [];
        for (int i = 0; i < Edits; i++)
        {
            start = Stopwatch.GetTimestamp();
            editor.WriteSettings(i % 2 == 0 ? other : settings);
            times.Add(Stopwatch.GetElapsedTime(start));
        }
        times.Sort();
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{opening.TotalSeconds:F4}\t{times[Edits / 2].TotalSeconds:F4}"));
    }
}
