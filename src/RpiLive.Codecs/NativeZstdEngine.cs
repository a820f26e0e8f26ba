using System.Runtime.InteropServices;
using ZstdNet;

namespace RpiLive.Codecs;

/// <summary>
/// Zstandard by the C library that ZstdNet carries for Windows, macOS and Linux with glibc 2.34 or later. Used only in the
/// version that ZstdSharp.Port is a port of, so that both give the same bytes.
/// </summary>
internal sealed partial class NativeZstdEngine : IZstdEngine
{
    private const string Library = "libzstd";

    /// <summary>1.5.7, as the library writes it.</summary>
    private const uint PortedVersion = 10507;

    private static readonly Lazy<bool> s_isAvailable = new(Probe);

    private readonly CompressionOptions _options;
    private readonly Compressor _compressor;
    private byte[] _frame = [];

    public NativeZstdEngine(ZstdSetting setting)
    {
        Dictionary<ZSTD_cParameter, int> parameters = [];
        Set(ZSTD_cParameter.ZSTD_c_searchLog, setting.SearchLog);
        Set(ZSTD_cParameter.ZSTD_c_targetLength, setting.TargetLength);
        Set(ZSTD_cParameter.ZSTD_c_hashLog, setting.HashLog);
        Set(ZSTD_cParameter.ZSTD_c_chainLog, setting.ChainLog);
        _options = new CompressionOptions(null, parameters, setting.Level);
        _compressor = new Compressor(_options);

        void Set(ZSTD_cParameter parameter, int? value)
        {
            if (value is { } known)
                parameters.Add(parameter, known);
        }
    }

    /// <summary>True where the library loads and has the right version.</summary>
    public static bool IsAvailable => s_isAvailable.Value;

    /// <remarks>Through a buffer that any frame fits: the wrapper tells of too small a one by an exception, which is dear.</remarks>
    public int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int bound = Compressor.GetCompressBound(source.Length);
        if (_frame.Length < bound)
            _frame = GC.AllocateUninitializedArray<byte>(bound);
        int length = _compressor.Wrap(source, _frame);
        if (length > destination.Length)
            return 0;
        _frame.AsSpan(0, length).CopyTo(destination);
        return length;
    }

    public void Dispose()
    {
        _compressor.Dispose();
        _options.Dispose();
    }

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
