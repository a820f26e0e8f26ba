using System.Runtime.InteropServices;
using ZstdNet;

namespace RpiLive.Codecs;

/// <summary>
/// Zstandard by the C library that ZstdNet carries for Windows, macOS and Linux with glibc 2.34 or later. Used only in the
/// version that ZstdSharp.Port is a port of, so that both give the same bytes.
/// </summary>
internal sealed partial class NativeZstdEngine : FramedZstdEngine
{
    private const string Library = "libzstd";

    /// <summary>1.5.7, as the library writes it.</summary>
    private const uint PortedVersion = 10507;

    private static readonly Lazy<bool> s_isAvailable = new(Probe);

    private readonly CompressionOptions _options;
    private readonly Compressor _compressor;

    public NativeZstdEngine(ZstdSetting setting)
    {
        _options = new CompressionOptions(null, setting.Changes.ToDictionary(change => (ZSTD_cParameter)change.Parameter, change => change.Value), setting.Level);
        _compressor = new Compressor(_options);
    }

    /// <summary>True where the library loads and has the right version.</summary>
    public static bool IsAvailable => s_isAvailable.Value;

    public override void Dispose()
    {
        _compressor.Dispose();
        _options.Dispose();
    }

    protected override int Bound(int length) => Compressor.GetCompressBound(length);

    protected override int Pack(ReadOnlySpan<byte> source, byte[] frame) => _compressor.Wrap(source, frame);

    private static bool Probe()
    {
        try
        {
            return VersionNumber() == PortedVersion;
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport(Library, EntryPoint = "ZSTD_versionNumber")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial uint VersionNumber();
}
