using System.Diagnostics;
using RpiLive.Core.Compression;
using RpiLive.Core.Errors;

namespace RpiLive.Tests.Kernel;

/// <summary>The codecs by the host's zstd, so that these tests lean on nobody's adapters.</summary>
internal sealed class ToolCodecs : ICodecs
{
    public IBlockCodec Zstd => throw new NotSupportedException();

    public byte[] DecompressZstd(ReadOnlySpan<byte> source, int limit) => Filter("zstd", source.ToArray(), limit);

    public Stream OpenZstd(Stream packed, int maxWindowLog) => throw new NotSupportedException();

    private static byte[] Filter(string program, byte[] source, int limit)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, "-dcq")
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        Task feed = Task.Run(() =>
        {
            try
            {
                process.StandardInput.BaseStream.Write(source);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // The program gave up on its input; its exit code says so.
            }
        });
        using MemoryStream result = new();
        process.StandardOutput.BaseStream.CopyTo(result);
        process.WaitForExit();
        feed.Wait();
        return process.ExitCode == 0 && result.Length <= limit ? result.ToArray() : throw ImageException.Corrupt("Codec", program, "damaged");
    }
}
