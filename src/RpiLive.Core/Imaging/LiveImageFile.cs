using System.Text.Json;
using RpiLive.Core.Errors;
using RpiLive.Core.Fat;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Partitions;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging;

/// <summary>Opens live image files.</summary>
public static class LiveImageFile
{
    /// <summary>The most bytes that the small text files of a live image may have.</summary>
    private const int MaxTextLength = 4 << 20;

    /// <summary>Reads what a live image says of itself.</summary>
    /// <param name="path">Full path of the image.</param>
    /// <exception cref="ImageException"><see cref="ErrorIds.NotLive"/>, or the file is no image or damaged.</exception>
    public static LiveImage Open(string path)
    {
        using FileSource source = new(path);
        DirectoryNode boot = BootVolume.Open(BootVolume.Find(MasterBootRecord.Read(source), source), source).ReadTree();
        if (FatPath.FindFile(boot, LiveLayout.RootPath) is not { } root)
        {
            throw new ImageException(ErrorIds.NotLive, ImageErrorKind.Unsupported,
                $"{path}: is not a live image: its boot volume has no {LiveLayout.RootPath}.", "Make a live image of it with New-RpiLiveImage.");
        }
        ImageDocument document = ReadDocument(boot, path);
        LiveSettings settings = LiveSettings.Parse(ReadText(boot, LiveSettings.Path, path), $"{path} ({LiveSettings.Path})");
        if (root.Content.Length != document.Root.Length)
        {
            throw ImageException.Corrupt("LiveImage", path,
                $"{LiveLayout.RootPath} has {root.Content.Length:N0} bytes, but {LiveLayout.DocumentPath} says {document.Root.Length:N0}");
        }
        return document.ToLiveImage(path, source.Length, settings.Root);
    }

    private static ImageDocument ReadDocument(DirectoryNode boot, string path)
    {
        try
        {
            ImageDocument document = JsonSerializer.Deserialize(ReadText(boot, LiveLayout.DocumentPath, path), ImageDocumentContext.Default.ImageDocument)
                ?? throw new JsonException("it is null");
            if (document.Version > ImageDocument.CurrentVersion)
            {
                throw ImageException.Unsupported("LiveImage", path,
                    $"{LiveLayout.DocumentPath} has version {document.Version}, this RpiLive knows {ImageDocument.CurrentVersion}");
            }
            return document;
        }
        catch (JsonException e)
        {
            throw ImageException.Corrupt("LiveImage", path, $"{LiveLayout.DocumentPath} cannot be read: {e.Message}");
        }
    }

    private static string ReadText(DirectoryNode boot, string name, string path)
    {
        if (FatPath.FindFile(boot, name) is not { } file)
            throw ImageException.Corrupt("LiveImage", path, $"{name} is missing");
        if (file.Content.Length > MaxTextLength)
            throw ImageException.Corrupt("LiveImage", path, $"{name} has {file.Content.Length:N0} bytes, more than {MaxTextLength:N0}");
        return System.Text.Encoding.UTF8.GetString(file.Content.ReadAll());
    }
}
