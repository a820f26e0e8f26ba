using RpiLive.Core.Streams;
using RpiLive.Core.Xz;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Xz;

/// <summary>Files packed by the host's xz, and content that makes it use all of the format.</summary>
internal static class XzTool
{
    public static byte[] Pack(ReadOnlySpan<byte> content, string options = "")
    {
        Tools.Require("xz");
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["x"], content);
        (int exitCode, string output) = Tools.TryRun("sh", "-c", $"xz -k {options} '{folder["x"]}'");
        Assert.SkipWhen(exitCode != 0 && output.Contains("unrecognized option", StringComparison.Ordinal), $"This xz does not know {options}.");
        Assert.True(exitCode == 0, output);
        return File.ReadAllBytes(folder["x.xz"]);
    }

    public static XzFile Open(byte[] packed) => new(new MemorySource(packed, "test.xz"));

    /// <summary>All kinds of symbols: text, runs, short periods, repeats from far back, and bytes that cannot be packed.</summary>
    public static byte[] Content(int length, int seed = 5)
    {
        byte[] content = new byte[length];
        Random random = new(seed);
        for (int at = 0; at < length;)
        {
            int count = Math.Min(length - at, random.Next(1, random.Next(8) == 0 ? 20000 : 400));
            Span<byte> part = content.AsSpan(at, count);
            switch (random.Next(6))
            {
                case 0: random.NextBytes(part); break;
                case 1: part.Fill((byte)random.Next(256)); break;
                case 2:
                    int period = random.Next(1, 40);
                    for (int i = 0; i < count; i++)
                        part[i] = (byte)(i % period * 7);
                    break;
                case 3 when at > 0:
                    int from = random.Next(at);
                    for (int i = 0; i < count; i++)
                        part[i] = content[from + i];
                    break;
                case 4:
                    for (int i = 0; i < count; i++)
                        part[i] = (byte)((i * 16) + random.Next(3));
                    break;
                default:
                    for (int i = 0; i < count; i++)
                        part[i] = (byte)" etaoinshrdlu\n"[random.Next(14)];
                    break;
            }
            at += count;
        }
        return content;
    }
}
