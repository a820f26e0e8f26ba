using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using RpiLive.Building;
using RpiLive.Core.Compression;
using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.Editing;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.SquashFs;
using RpiLive.Errors;
using RpiLive.Isolation;

namespace RpiLive.Commands.Abstractions;

/// <summary>
/// A cmdlet that changes live images in place. A change is planned on the image as it is, so that what cannot work is
/// refused, and -WhatIf answered, before anything is held or written.
/// </summary>
public abstract class EditImageCommand : ImagePathCommand
{
    private Task<ICodecs>? _codecs;

    private ICodecs Codecs => _codecs!.GetAwaiter().GetResult();

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string file in ResolveInput())
        {
            if (TryImage(file, destination: file, () => Edit(file)) is { } image)
                WriteImage(image);
        }
    }

    /// <summary>Works out the change of one image, on a worker thread.</summary>
    private protected abstract EditPlan Plan(EditState state, CancellationToken cancellation);

    /// <summary>True when the parameter was given on the command line.</summary>
    private protected bool Given(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    /// <summary>Loads the codecs with what they are made of, which takes a while the first time in a session.</summary>
    private static ICodecs LoadCodecs()
    {
        ICodecs codecs = CodecLoader.Create();
        codecs.Zstd.CreateDecompressor().Dispose();
        return codecs;
    }

    private LiveImage? Edit(string path)
    {
        // Meanwhile the image is opened.
        _codecs ??= Task.Run(LoadCodecs);
        (LiveImage image, LiveSettings before, EditPlan plan) = RunPumped(cancellation => PlanFor(path, cancellation), static () => { });
        foreach (string warning in plan.Warnings)
            WriteWarning($"{System.IO.Path.GetFileName(path)}: {warning}");
        foreach (string line in SettingsChange.Between(before, plan.Settings))
            WriteDebug($"{path}: {LiveSettings.Path}: {line}");
        if (plan.Steps.Count == 0)
        {
            WriteStep($"{path}: nothing to change.");
            return image;
        }
        string steps = string.Join("; ", plan.Steps);
        string what = char.ToUpperInvariant(steps[0]) + steps[1..];
        if (!ShouldProcess(path, what))
            return null;
        WriteStep($"{path}: {what}.");
        long start = Stopwatch.GetTimestamp();
        LiveImage changed = ApplyPumped(path, what);
        WriteStep(string.Create(CultureInfo.InvariantCulture, $"{path}: changed in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.00} s."));
        return changed;
    }

    private (LiveImage Image, LiveSettings Settings, EditPlan Plan) PlanFor(string path, CancellationToken cancellation)
    {
        using LiveImageReader reader = LiveImageReader.Open(path);
        using SquashFsVolume root = LiveRoot.Open(reader.RootFileSystem, Codecs);
        LiveImage image = reader.Image;
        EditState state = new(path, reader.Settings, root, image.Partition?.Length, image.Container?.Length) { Flavours = image.Flavours };
        return (image, reader.Settings, Plan(state, cancellation));
    }

    /// <summary>Most changes are made before there is anything to show; a large seed takes its time.</summary>
    private LiveImage ApplyPumped(string path, string what)
    {
        ProgressRecord progress = new(0, $"Changing {System.IO.Path.GetFileName(path)}", what);
        bool shown = false;
        try
        {
            return RunPumped(cancellation => Apply(path, cancellation), () =>
            {
                WriteProgress(progress);
                shown = true;
            });
        }
        finally
        {
            progress.RecordType = ProgressRecordType.Completed;
            if (shown && !Stopping)
                WriteProgress(progress);
        }
    }

    private LiveImage Apply(string path, CancellationToken cancellation)
    {
        using LiveImageEditor editor = LiveImageEditor.Open(path);
        using SquashFsVolume root = LiveRoot.Open(editor.RootFileSystem, Codecs);
        // Planned again: between the two another program may have changed the image.
        EditPlanRunner.Apply(
            Plan(new EditState(path, editor.Settings, root, editor.Partition?.Length, editor.Container?.Length) { Flavours = editor.Image.Flavours }, cancellation),
            editor, cancellation);
        return editor.Image;
    }
}
