using System.Management.Automation;
using RpiLive.Commands.Abstractions;
using RpiLive.Completion;
using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.Facts;
using RpiLive.Errors;

namespace RpiLive.Commands;

/// <summary>Lists the models of Raspberry Pi, and says which of them a live image fits.</summary>
[Cmdlet(VerbsCommon.Get, "RpiModel", DefaultParameterSetName = LiteralPathSet)]
[OutputType(typeof(RpiModel))]
public sealed class GetRpiModelCommand : ImagePathCommand
{
    /// <summary>Live images; every character means itself. Without any, the models alone are listed.</summary>
    [Parameter(ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [Alias("PSPath", "LP", "FullName")]
    public override string[] LiteralPath { get; set; } = [];

    /// <summary>Names of models, with wildcards.</summary>
    [Parameter(Position = 1, ParameterSetName = PathSet)]
    [Parameter(Position = 0, ParameterSetName = LiteralPathSet)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(PiModelCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Checks the names.</summary>
    protected override void BeginProcessing()
    {
        foreach (string name in Name.Where(name => !PiModels.All.Any(model => IsLike(name, model))))
            WriteError(CommandErrors.ModelMissing(name));
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == LiteralPathSet && LiteralPath.Length == 0)
        {
            foreach (PiModel model in PiModels.All.Where(IsAsked))
                WriteObject(model.MemoryMiB.Select(memory => new RpiModel(model, memory)), enumerateCollection: true);
            return;
        }
        foreach (string file in ResolveInput())
        {
            LiveImage? image = null;
            WriteStep($"Reading {file}.");
            if (TryImage(file, destination: null, () => image = LiveImageFile.Open(file)) is not null)
                WriteObject(ModelFits.Of(image!).Where(fit => IsAsked(fit.Model)).Select(fit => new RpiModel(fit, file)), enumerateCollection: true);
        }
    }

    private static bool IsLike(string name, PiModel model) => new WildcardPattern(name, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant).IsMatch(model.Name);

    private bool IsAsked(PiModel model) => Name.Any(name => IsLike(name, model));
}
