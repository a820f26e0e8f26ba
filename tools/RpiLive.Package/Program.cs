using RpiLive.Package;

if (args.Length != 2)
{
    Console.Error.WriteLine("Usage: RpiLive.Package MODULE.PSD1 MODULE.NUSPEC");
    return 2;
}
try
{
    ModuleManifest manifest = ModuleManifest.Read(args[0]);
    manifest.CheckFiles();
    Nuspec.Write(manifest, args[1]);
    return 0;
}
catch (FormatException error)
{
    // The form that MSBuild knows as an error of the build.
    Console.Error.WriteLine($"RpiLive.Package : error PKG001: {error.Message}");
    return 1;
}
