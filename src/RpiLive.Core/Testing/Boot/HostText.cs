using System.Text;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Testing.Boot;

/// <summary>Text files of the host whose bytes come back as they were.</summary>
internal static class HostText
{
    /// <summary>Reads a file, up to <paramref name="limit"/> bytes.</summary>
    public static string Read(string path, int limit)
    {
        using FileSource file = new(path);
        byte[] bytes = new byte[Math.Min(file.Length, limit)];
        file.ReadExactly(0, bytes);
        return Encoding.Latin1.GetString(bytes);
    }

    /// <summary>Writes a file, which appears whole or not at all.</summary>
    /// <exception cref="Errors.ImageException">It cannot be written.</exception>
    public static void Write(string path, string text)
    {
        using DestinationFile file = new(path, overwrite: true);
        file.Target.Write(0, Encoding.Latin1.GetBytes(text));
        file.Commit();
    }
}
