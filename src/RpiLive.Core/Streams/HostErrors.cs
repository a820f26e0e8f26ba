using RpiLive.Core.Errors;

namespace RpiLive.Core.Streams;

/// <summary>Turns what the host says about a destination into <see cref="ImageException"/>.</summary>
internal static class HostErrors
{
    // HRESULTs of Windows errors; on Unix .NET gives the bare errno where it has no exception of its own.
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);
    private const int WindowsQuota = unchecked((int)0x8007050F);
    private const int WindowsFileTooLarge = unchecked((int)0x800700DF);
    private const int UnixNoSpace = 28;
    private const int LinuxQuota = 122;
    private const int MacQuota = 69;

    /// <summary>True when the host says that there is no room left, or none that the user may take.</summary>
    public static bool IsDiskFull(Exception e) => IsDiskFull(e.HResult);

    /// <summary>Runs <paramref name="work"/> on the destination called <paramref name="name"/>.</summary>
    /// <exception cref="ImageException"><see cref="ErrorIds.DestinationFull"/> or <see cref="ErrorIds.DestinationUnwritable"/>.</exception>
    public static void Guard(string name, Action work)
    {
        try
        {
            work();
        }
        catch (Exception e) when (IsHostError(e))
        {
            throw Translate(name, e);
        }
    }

    public static bool IsHostError(Exception e) =>
        e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentOutOfRangeException or System.Security.SecurityException;

    public static ImageException Translate(string name, Exception e)
    {
        if (IsDiskFull(e))
            return Full($"{name}: the disk is full", e);

        // .NET reports EFBIG as an argument that is out of range.
        if (e is ArgumentOutOfRangeException || e.HResult == WindowsFileTooLarge)
            return Unwritable(name, "the file system cannot hold a file this large", "Choose a destination on another file system, such as NTFS or ext4.", e);
        return Unwritable(name, e.Message, "Check that the folder exists, that you may write to it and that no other program uses the file.", e);
    }

    public static ImageException Full(string what, Exception? inner = null) => new(
        ErrorIds.DestinationFull, ImageErrorKind.Destination, what + ".", "Free some space, or choose a destination on another disk.", inner);

    public static ImageException Unwritable(string name, string what, string action, Exception? inner = null) => new(
        ErrorIds.DestinationUnwritable, ImageErrorKind.Destination, $"{name}: cannot be written: {what.TrimEnd('.')}.", action, inner);

    private static bool IsDiskFull(int result) => OperatingSystem.IsWindows()
        ? result is WindowsDiskFull or WindowsHandleDiskFull or WindowsQuota
        : result == UnixNoSpace || result == (OperatingSystem.IsMacOS() ? MacQuota : LinuxQuota);
}
