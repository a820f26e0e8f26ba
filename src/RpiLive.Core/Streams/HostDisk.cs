namespace RpiLive.Core.Streams;

/// <summary>What the host says of its disks.</summary>
internal static class HostDisk
{
    /// <summary>Bytes that the user may still write in a folder; null when unknown.</summary>
    public static long? FreeSpace(string folder)
    {
        if (OperatingSystem.IsWindows())
            return WindowsFiles.FreeSpace(folder);
        try
        {
            // On Unix this asks the file system of any path, not only of a mount point.
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception e) when (HostErrors.IsHostError(e))
        {
            return null;
        }
    }
}
