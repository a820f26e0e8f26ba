using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace RpiLive.Core.Streams;

/// <summary>What .NET does not offer of Windows.</summary>
[SupportedOSPlatform("windows")]
internal static class WindowsFiles
{
    private const uint SetSparse = 0x000900C4;

    /// <summary>
    /// Lets ranges that are never written take no space. False where the file system cannot (exFAT); the file works all the same.
    /// </summary>
    public static bool TryMakeSparse(SafeFileHandle file) => DeviceIoControl(file, SetSparse, 0, 0, 0, 0, out _, 0);

    /// <summary>Bytes that the user may still write in a folder, which can be a mounted folder or a share; null when unknown.</summary>
    public static long? FreeSpace(string folder) =>
        GetDiskFreeSpaceEx(folder, out ulong free, 0, 0) ? (long)Math.Min(free, long.MaxValue) : null;

    [DllImport("kernel32.dll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool DeviceIoControl(
        SafeFileHandle file, uint code, nint input, uint inputLength, nint output, uint outputLength, out uint returned, nint overlapped);

    [DllImport("kernel32.dll", EntryPoint = "GetDiskFreeSpaceExW", CharSet = CharSet.Unicode, ExactSpelling = true, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool GetDiskFreeSpaceEx(string folder, out ulong freeToCaller, nint total, nint free);
}
