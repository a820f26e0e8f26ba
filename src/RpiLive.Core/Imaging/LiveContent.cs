using System.Text;
using System.Text.Json;
using RpiLive.Core.Errors;
using RpiLive.Core.Fat;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging;

/// <summary>What stands on the boot volume of a live image.</summary>
internal sealed record LiveContent
{
    /// <summary>The most bytes that the small text files of a live image may have.</summary>
    private const int MaxTextLength = 4 << 20;

    /// <summary>The most kernels of an image.</summary>
    private const int MaxFlavours = 32;

    /// <summary>What the image is.</summary>
    public required ImageDocument Document { get; init; }

    /// <summary>When the image was made, as its document's file says: the time of all that is added to it.</summary>
    public required Timestamp Timestamp { get; init; }

    /// <summary>What /init reads.</summary>
    public required LiveSettings Settings { get; init; }

    /// <summary>The file of the settings.</summary>
    public required FileContent SettingsFile { get; init; }

    /// <summary>The squashfs.</summary>
    public required FileContent Root { get; init; }

    /// <summary>Reads it.</summary>
    /// <param name="boot">All files of the boot volume.</param>
    /// <param name="path">Path of the image, for errors.</param>
    /// <exception cref="ImageException"><see cref="ErrorIds.NotLive"/>, or a file of the live image is damaged.</exception>
    public static LiveContent Read(DirectoryNode boot, string path)
    {
        if (FatPath.FindFile(boot, LiveLayout.RootPath) is not { } root)
            throw NotLive(path);
        FileNode documentFile = Find(boot, LiveLayout.DocumentPath, path), settingsFile = Find(boot, LiveSettings.Path, path);
        ImageDocument document = ReadDocument(documentFile, path);
        LiveSettings settings = ReadSettings(settingsFile, path);
        if (root.Content.Length != document.Root.Length)
            throw OtherLength(path, root.Content.Length, document.Root.Length);
        return new()
        {
            Document = document,
            Timestamp = documentFile.ModifiedTime,
            Settings = settings,
            SettingsFile = settingsFile.Content,
            Root = root.Content,
        };
    }

    /// <summary>The error for an image that is not a live one.</summary>
    internal static ImageException NotLive(string path) => new(ErrorIds.NotLive, ImageErrorKind.Unsupported,
        $"{path}: is not a live image: its boot volume has no {LiveLayout.RootPath}.", "Make a live image of it with New-RpiLiveImage.");

    /// <summary>The error for a squashfs that is not as long as the document says.</summary>
    internal static ImageException OtherLength(string path, long length, long expected) =>
        ImageException.Corrupt("LiveImage", path, $"{LiveLayout.RootPath} has {length:N0} bytes, but {LiveLayout.DocumentPath} says {expected:N0}");

    /// <summary>Reads <c>live/image.json</c>.</summary>
    /// <exception cref="ImageException">It is damaged.</exception>
    internal static ImageDocument ReadDocument(FileNode file, string path)
    {
        try
        {
            ImageDocument document = JsonSerializer.Deserialize(Encoding.UTF8.GetString(file.Content.ReadAll()), ImageDocumentContext.Default.ImageDocument)
                ?? throw new JsonException("it is null");
            if (document.Version > ImageDocument.CurrentVersion)
            {
                throw ImageException.Unsupported("LiveImage", path,
                    $"{LiveLayout.DocumentPath} has version {document.Version}, this RpiLive knows {ImageDocument.CurrentVersion}");
            }
            if (document.Flavours.Count > MaxFlavours || document.Flavours.Any(flavour => flavour is null || flavour.Models.Any(model => model is null))
                || document.Edits.Any(edit => edit is null || edit.Paths.Any(edited => edited is null)) || document.Warnings.Any(warning => warning is null))
            {
                throw new JsonException($"it has more than {MaxFlavours} kernels, or lists with nothing in them");
            }
            return document;
        }
        catch (JsonException e)
        {
            throw ImageException.Corrupt("LiveImage", path, $"{LiveLayout.DocumentPath} cannot be read: {e.Message}");
        }
    }

    /// <summary>Reads the live settings.</summary>
    /// <exception cref="ImageException">A line is none that /init knows.</exception>
    internal static LiveSettings ReadSettings(FileNode file, string path) =>
        LiveSettings.Parse(Encoding.UTF8.GetString(file.Content.ReadAll()), $"{path} ({LiveSettings.Path})");

    /// <summary>One of the small text files.</summary>
    /// <exception cref="ImageException">It is missing, or far too large.</exception>
    internal static FileNode Find(DirectoryNode boot, string name, string path)
    {
        if (FatPath.FindFile(boot, name) is not { } file)
            throw ImageException.Corrupt("LiveImage", path, $"{name} is missing");
        if (file.Content.Length > MaxTextLength)
            throw ImageException.Corrupt("LiveImage", path, $"{name} has {file.Content.Length:N0} bytes, more than {MaxTextLength:N0}");
        return file;
    }
}
