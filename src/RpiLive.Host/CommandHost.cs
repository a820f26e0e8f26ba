using System.Globalization;
using System.Management.Automation.Host;

namespace RpiLive.Host;

/// <summary>What the engine asks of the program that hosts it.</summary>
internal sealed class CommandHost : PSHost
{
    public Terminal Terminal { get; } = new();

    /// <summary>The code given to <c>exit</c>, if the command called it.</summary>
    public int? ExitCode { get; private set; }

    public override string Name => "RpiLive.Host";

    public override Version Version { get; } = typeof(CommandHost).Assembly.GetName().Version!;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override PSHostUserInterface UI => Terminal;

    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    public override void EnterNestedPrompt() => throw new NotSupportedException("This host has no prompt.");

    public override void ExitNestedPrompt() => throw new NotSupportedException("This host has no prompt.");

    public override void NotifyBeginApplication()
    {
        // Native programs share the terminal as it is.
    }

    public override void NotifyEndApplication()
    {
        // As above.
    }
}
