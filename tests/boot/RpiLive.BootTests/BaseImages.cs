using System.Diagnostics;
using RpiLive.BootTests.Harness;

namespace RpiLive.BootTests;

/// <summary>Base images of Debian's packages, made by the product out of the cache or over the network.</summary>
internal static class BaseImages
{
    /// <summary>Makes one; skips the test where no mirror can be reached, or nothing to boot with.</summary>
    public static async Task MakeOrSkipAsync(string path, string parameters, CancellationToken cancel)
    {
        if (HostTools.Missing() is { } missing)
            Assert.Skip(missing);
        using Process process = Product.Start($"New-RpiBaseImage {Product.Quoted(path)} {parameters}");
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancel), error = process.StandardError.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        string said = await output + await error;
        Assert.SkipWhen(process.ExitCode != 0 && said.Contains("cannot be reached", StringComparison.Ordinal), "No mirror of Debian can be reached: " + said);
        Assert.True(process.ExitCode == 0, said);
    }
}
