using System.Text;
using RpiLive.Core.Errors;
using RpiLive.Core.Fat.Editing;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Partitions;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Imaging.Editing;

/// <summary>
/// Changes a live image file in place. Every edit is a sequence of writes and flushes that can be cut anywhere: the image then reads as
/// the old or the new one, and the next <see cref="Open(string)"/> clears away what is left. For one thread.
/// </summary>
public sealed class LiveImageEditor : IDisposable
{
    private readonly string _path;
    private readonly EditedMedium _medium;
    private readonly Fat32Editor _boot;
    private LiveContent _content;
    private byte[] _settingsText;

    private LiveImageEditor(EditedMedium medium, string path, CancellationToken cancellation)
    {
        _path = path;
        _medium = medium;
        MbrPartition partition = BootVolume.Find(MasterBootRecord.Read(medium.Content), medium.Content);
        _boot = Fat32Editor.Open(medium, partition.FirstByte, partition.Length, $"{path} (partition {partition.Number})", cancellation);
        _content = LiveContent.Read(_boot.Tree, path);
        _settingsText = _content.SettingsFile.ReadAll();
        RootFileSystem = new ContentSource(_content.Root, $"{path} ({LiveLayout.RootPath})");
        _boot.Repair(cancellation);
    }

    /// <summary>The image as <see cref="LiveImageFile.Open"/> gives it, after the last edit.</summary>
    public LiveImage Image => _content.Document.ToLiveImage(_path, _medium.Content.Length, Settings);

    /// <summary>The live settings.</summary>
    public LiveSettings Settings => _content.Settings;

    /// <summary>The squashfs, valid until disposal.</summary>
    public RandomAccessSource RootFileSystem { get; }

    /// <summary>Opens a live image; nobody else can open it meanwhile. Repairs what an edit that was cut short has left.</summary>
    /// <param name="path">Full path of the image.</param>
    /// <exception cref="ImageException">
    /// What <see cref="LiveImageFile.Open"/> throws; <see cref="ErrorIds.ImageInUse"/>; <see cref="ErrorIds.DestinationUnwritable"/>.
    /// </exception>
    public static LiveImageEditor Open(string path) => Open(new EditedFile(path), path);

    /// <summary>Opens an image on another medium, which becomes the editor's.</summary>
    internal static LiveImageEditor Open(EditedMedium medium, string path, CancellationToken cancellation = default)
    {
        try
        {
            return new(medium, path, cancellation);
        }
        catch
        {
            medium.Dispose();
            throw;
        }
    }

    /// <summary>Replaces the live settings; writes nothing when they are the same.</summary>
    /// <param name="settings">The settings.</param>
    /// <exception cref="ImageException">
    /// <see cref="ErrorIds.TooLarge"/> when /init could not read them, <see cref="ErrorIds.NoRoom"/>, or an error of the host.
    /// </exception>
    public void WriteSettings(LiveSettings settings)
    {
        byte[] text = Encoding.UTF8.GetBytes(settings.Format());
        if (text.Length > LiveSettings.MaxLength)
        {
            throw new ImageException(ErrorIds.TooLarge, ImageErrorKind.Destination,
                $"{_path}: the live settings would have {text.Length:N0} bytes; {LiveSettings.MaxLength:N0} can be read at boot.", "Remove some of them.");
        }
        if (!text.AsSpan().SequenceEqual(_settingsText))
            _boot.WriteFile(LiveSettings.Path, text, _content.Timestamp);
        _settingsText = text;
        _content = _content with { Settings = settings };
    }

    /// <summary>Lets go of the image file.</summary>
    public void Dispose() => _medium.Dispose();
}
