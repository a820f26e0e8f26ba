using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.PowerShell;

namespace RpiLive.Host;

/// <summary>Runs one command line in a new runspace with the staged module, or the one that RPILIVE_MODULE names.</summary>
internal sealed class CommandRunner
{
    private const string ModuleVariable = "RPILIVE_MODULE";

    /// <summary>Writes what ended a command as an error of its own, for the formatter to show.</summary>
    private const string ShowError = "[CmdletBinding()] param($ErrorRecord) $PSCmdlet.WriteError($ErrorRecord)";

    private readonly CommandHost _host = new();
    private readonly Lock _gate = new();
    private PowerShell? _running;
    private int _stoppedWith;

    /// <summary>Runs the command and returns the exit code of the process.</summary>
    public int Run(string command)
    {
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, ExitCodes.Interrupted));
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, ExitCodes.Terminated));
        using Runspace runspace = RunspaceFactory.CreateRunspace(_host, InitialState());
        runspace.ThreadOptions = PSThreadOptions.UseCurrentThread;
        runspace.Open();

        Invoke(runspace, import => import
            .AddCommand("Import-Module").AddParameter("Name", Module()).AddParameter("ErrorAction", ActionPreference.Stop));
        if (!_host.Terminal.ErrorShown && _stoppedWith == 0)
            Invoke(runspace, script => script.AddScript(command));
        _host.Terminal.EndProgress();

        if (_stoppedWith != 0)
            return _stoppedWith;
        return _host.ExitCode ?? (_host.Terminal.ErrorShown ? ExitCodes.Failed : ExitCodes.Done);
    }

    private static InitialSessionState InitialState()
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
            state.ExecutionPolicy = ExecutionPolicy.Bypass;
        return state;
    }

    private static string Module()
    {
        if (Environment.GetEnvironmentVariable(ModuleVariable) is { Length: > 0 } module)
            return module;
        string relative = typeof(CommandRunner).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == "StagedModule").Value!;
        return Path.GetFullPath(relative, AppContext.BaseDirectory);
    }

    /// <summary>Runs a pipeline with its errors in line with its output, so that the formatter shows both in order.</summary>
    private void Invoke(Runspace runspace, Action<PowerShell> add)
    {
        using PowerShell shell = PowerShell.Create(runspace);
        add(shell);
        shell.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        shell.AddCommand("Out-Default");
        lock (_gate)
        {
            if (_stoppedWith != 0)
                return;
            _running = shell;
        }
        try
        {
            shell.Invoke();
        }
        catch (PipelineStoppedException)
        {
            // The exit code tells.
        }
        catch (ParseException error)
        {
            // The concise view has nothing to say of an error outside a script file.
            _host.Terminal.WriteErrorLine(error.Message);
        }
        catch (RuntimeException error) when (_stoppedWith == 0)
        {
            Invoke(runspace, show => show.AddScript(ShowError).AddArgument(error.ErrorRecord));
        }
        finally
        {
            lock (_gate)
                _running = null;
        }
    }

    /// <summary>The first signal stops the command, which cleans up after itself; the second ends the process.</summary>
    private void Stop(PosixSignalContext context, int exitCode)
    {
        lock (_gate)
        {
            context.Cancel = _stoppedWith == 0;
            _stoppedWith = exitCode;
            _running?.BeginStop(null, null);
        }
    }
}
