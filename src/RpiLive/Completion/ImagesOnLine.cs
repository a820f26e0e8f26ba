using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace RpiLive.Completion;

/// <summary>The live images that a command line is about: named by the command itself, or sent to it by what stands before it in the pipeline.</summary>
internal static class ImagesOnLine
{
    /// <summary>Opens them, as far as they can be; none where the line names none.</summary>
    /// <param name="bound">The parameters so far.</param>
    /// <param name="command">The command that is being typed.</param>
    public static IReadOnlyList<RpiLiveImage> Open(IDictionary bound, CommandAst command)
    {
        foreach (string parameter in (string[])["LiteralPath", "Path"])
        {
            if (bound.Contains(parameter))
                return Open(parameter, bound[parameter]);
        }
        if (command.Parent is not PipelineAst pipeline)
            return [];
        // The nearest command that names files is the one whose images arrive.
        return pipeline.PipelineElements.TakeWhile(element => element != command).Reverse().Select(Sent).FirstOrDefault(images => images.Count > 0) ?? [];
    }

    private static IReadOnlyList<RpiLiveImage> Sent(CommandBaseAst element) => element switch
    {
        CommandAst command => SentBy(command),
        CommandExpressionAst { Expression: StringConstantExpressionAst text } => Open("Path", text.Value),
        CommandExpressionAst { Expression: VariableExpressionAst variable } => ValueOf(variable),
        _ => [],
    };

    /// <summary>What New-RpiLiveImage has made there before, or the files that any other command names.</summary>
    private static IReadOnlyList<RpiLiveImage> SentBy(CommandAst command)
    {
        Dictionary<string, ParameterBindingResult> bound = StaticParameterBinder.BindCommand(command, resolve: true).BoundParameters;
        foreach (string parameter in (string[])["DestinationPath", "LiteralPath", "Path"])
        {
            if (bound.TryGetValue(parameter, out ParameterBindingResult? result) && result.ConstantValue is string path)
                return Open(parameter == "Path" ? parameter : "LiteralPath", path);
        }
        return [];
    }

    private static IReadOnlyList<RpiLiveImage> ValueOf(VariableExpressionAst variable)
    {
        using PowerShell command = PowerShell.Create(RunspaceMode.CurrentRunspace);
        command.AddScript("$ExecutionContext.SessionState.PSVariable.GetValue($args[0])").AddArgument(variable.VariablePath.UserPath);
        return [.. command.Invoke().Select(image => image?.BaseObject).OfType<RpiLiveImage>()];
    }

    private static IReadOnlyList<RpiLiveImage> Open(string parameter, object? value)
    {
        // In the session, which knows where a relative path begins.
        using PowerShell command = PowerShell.Create(RunspaceMode.CurrentRunspace);
        command.AddCommand("Get-RpiLiveImage").AddParameter(parameter, value)
            .AddParameter("ErrorAction", ActionPreference.Ignore).AddParameter("WarningAction", ActionPreference.Ignore);
        return [.. command.Invoke().Select(image => image.BaseObject).OfType<RpiLiveImage>()];
    }
}
