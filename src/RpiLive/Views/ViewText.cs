using System.ComponentModel;
using System.Globalization;
using RpiLive.Building;

namespace RpiLive.Views;

/// <summary>Texts of RpiLive.Format.ps1xml, which can call nothing but public types. Not for other use.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ViewText
{
    /// <summary>A size such as <c>512 MiB</c>; null for none.</summary>
    /// <param name="bytes">Bytes.</param>
    public static string? Size(long? bytes) => bytes is { } size ? ByteText.Of(size) : null;

    /// <summary>A size such as <c>512 MiB (536,870,912 bytes)</c>; null for none.</summary>
    /// <param name="bytes">Bytes.</param>
    public static string? SizeWithBytes(long? bytes) =>
        bytes is { } size ? string.Create(CultureInfo.InvariantCulture, $"{ByteText.Of(size)} ({size:N0} bytes)") : null;
}
