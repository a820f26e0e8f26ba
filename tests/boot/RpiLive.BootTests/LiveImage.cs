using System.Security.Cryptography;
using RpiLive.BootTests.Harness;

namespace RpiLive.BootTests;

/// <summary>The live image to boot, made by the product from the stock image: see .ci/run.</summary>
internal static class LiveImage
{
    /// <summary>The path of the image; skips the test where there is none, or nothing to boot it with.</summary>
    public static string PathOrSkip() => FromEnvironmentOrSkip("RPILIVE_LIVE_IMAGE", "New-RpiLiveImage");

    /// <summary>The path of the stock image it was made of.</summary>
    public static string StockPathOrSkip() => FromEnvironmentOrSkip("RPILIVE_STOCK_IMAGE", "tests/fixtures/make-debian-image.sh");

    public static async Task<string> Sha256Async(string file, CancellationToken cancel)
    {
        await using FileStream stream = File.OpenRead(file);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancel));
    }

    private static string FromEnvironmentOrSkip(string variable, string maker)
    {
        string? path = Environment.GetEnvironmentVariable(variable);
        if (string.IsNullOrEmpty(path))
            Assert.Skip($"{variable} does not name an image; make one with {maker}");
        if (HostTools.Missing() is { } missing)
            Assert.Skip(missing);
        return File.Exists(path) ? path : throw new FileNotFoundException(variable + " names no file", path);
    }
}
