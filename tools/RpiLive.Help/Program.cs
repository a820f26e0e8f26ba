using RpiLive.Help;

if (args.Length < 2)
{
    Console.Error.WriteLine("Usage: RpiLive.Help HELP.XML COMMAND.MD...");
    return 2;
}
try
{
    MamlWriter.Write(args[0], [.. args[1..].Order(StringComparer.Ordinal).Select(CommandHelp.Read)]);
    return 0;
}
catch (FormatException error)
{
    // The form that MSBuild knows as an error of the build.
    Console.Error.WriteLine($"RpiLive.Help : error HELP001: {error.Message}");
    return 1;
}
