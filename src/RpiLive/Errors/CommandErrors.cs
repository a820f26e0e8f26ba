using System.Management.Automation;
using RpiLive.Core.Errors;

namespace RpiLive.Errors;

/// <summary>Every error record that the cmdlets write: id, category, target, message and what to do.</summary>
internal static class CommandErrors
{
    /// <summary>The path names something that is not a file system, such as a variable or a registry key.</summary>
    public static ErrorRecord PathNotFileSystem(string path, string provider) => Record(
        new PSNotSupportedException($"'{path}' is a path of the {provider} provider, not a file."),
        nameof(PathNotFileSystem), ErrorCategory.InvalidArgument, path,
        "Give the path of a file.");

    /// <summary>No such drive, provider or folder, or a path that cannot be one.</summary>
    public static ErrorRecord PathInvalid(string path, Exception cause) => Record(
        cause, nameof(PathInvalid), ErrorCategory.InvalidArgument, path,
        "Give the path of a file; use -LiteralPath where the name has wildcard characters.");

    /// <summary>No file of this name, or none that the pattern matches.</summary>
    public static ErrorRecord PathNotFound(string path, bool isPattern) => Record(
        new ItemNotFoundException(isPattern ? $"No file matches '{path}'." : $"There is no file '{path}'."),
        nameof(PathNotFound), ErrorCategory.ObjectNotFound, path,
        isPattern ? "Check the pattern; use -LiteralPath where the name itself has wildcard characters." : "Check the path.");

    /// <summary>A folder where a file is needed.</summary>
    public static ErrorRecord PathNotFile(string path) => Record(
        new PSArgumentException($"'{path}' is a folder, not a file."),
        nameof(PathNotFile), ErrorCategory.InvalidArgument, path,
        "Give the path of a file.");

    /// <summary>A file where a folder is needed.</summary>
    public static ErrorRecord PathNotFolder(string path) => Record(
        new PSArgumentException($"'{path}' is a file, not a folder."),
        nameof(PathNotFolder), ErrorCategory.InvalidArgument, path,
        "Give the path of a folder.");

    /// <summary>A folder that is to be read does not exist.</summary>
    public static ErrorRecord FolderMissing(string path) => Record(
        new DirectoryNotFoundException($"There is no folder '{path}'."),
        nameof(FolderMissing), ErrorCategory.ObjectNotFound, path,
        "Check the path.");

    /// <summary>A file that is to be read is larger than such a file can be, or cannot be read.</summary>
    public static ErrorRecord FileUnreadable(string path, string what, Exception? cause) => Record(
        new IOException($"'{path}' cannot be read: {what.TrimEnd('.')}.", cause),
        nameof(FileUnreadable), ErrorCategory.ReadError, path,
        "Check that it is the right file and that you may read it.");

    /// <summary>Parameters that make no sense together, or without another.</summary>
    public static ErrorRecord ParametersDisagree(string what, string recommendedAction) => Record(
        new PSArgumentException(what), nameof(ParametersDisagree), ErrorCategory.InvalidArgument, null, recommendedAction);

    /// <summary>No model of Raspberry Pi has such a name.</summary>
    public static ErrorRecord ModelMissing(string name) => Record(
        new ItemNotFoundException($"There is no Raspberry Pi model '{name}'."),
        nameof(ModelMissing), ErrorCategory.ObjectNotFound, name,
        "Get-RpiModel without a name lists them.");

    /// <summary>No check has such an id.</summary>
    public static ErrorRecord CheckMissing(string pattern) => Record(
        new ItemNotFoundException($"There is no check '{pattern}'."),
        nameof(CheckMissing), ErrorCategory.ObjectNotFound, pattern,
        "Get-Help Test-RpiLiveImage lists them; (Test-RpiLiveImage IMAGE).Checks.Id too.");

    /// <summary>The scratch folder does not exist.</summary>
    public static ErrorRecord ScratchFolderMissing(string path) => Record(
        new DirectoryNotFoundException($"There is no folder '{path}'."),
        nameof(ScratchFolderMissing), ErrorCategory.ObjectNotFound, path,
        "Create the folder first, or choose another -ScratchPath.");

    /// <summary>The destination exists and -Force was not given.</summary>
    public static ErrorRecord DestinationExists(string path) => Record(
        new IOException($"'{path}' exists already."),
        ErrorIds.DestinationExists, ErrorCategory.ResourceExists, path,
        "Choose another -DestinationPath, or give -Force to replace the file.");

    /// <summary>The folder of the destination does not exist.</summary>
    public static ErrorRecord DestinationFolderMissing(string path, string folder) => Record(
        new DirectoryNotFoundException($"'{path}' cannot be made: there is no folder '{folder}'."),
        nameof(DestinationFolderMissing), ErrorCategory.ObjectNotFound, path,
        "Create the folder first, or choose another -DestinationPath.");

    /// <summary>The destination folder cannot be made.</summary>
    public static ErrorRecord DestinationUnwritable(string folder, Exception cause) => Record(
        cause, ErrorIds.DestinationUnwritable, ErrorCategory.WriteError, folder,
        "Choose another -DestinationPath, or get the right to write there.");

    /// <summary>The destination is the stock image itself.</summary>
    public static ErrorRecord DestinationIsSource(string path) => Record(
        new PSArgumentException($"'{path}' is both the stock image and the destination."),
        nameof(DestinationIsSource), ErrorCategory.InvalidArgument, path,
        "Choose another -DestinationPath; the stock image is never changed.");

    /// <summary>Two stock images would become the same live image.</summary>
    public static ErrorRecord DestinationUsedTwice(string destination, string source) => Record(
        new PSArgumentException($"'{source}' would replace the live image '{destination}', which this command has just made of another stock image."),
        nameof(DestinationUsedTwice), ErrorCategory.InvalidArgument, source,
        "Give a folder as -DestinationPath, and stock images with different names.");

    /// <summary>Several stock images and one file to make.</summary>
    public static ErrorRecord DestinationNotFolder(string destination, int sources) => Record(
        new PSArgumentException($"{sources} stock images cannot become the one file '{destination}'."),
        nameof(DestinationNotFolder), ErrorCategory.InvalidArgument, destination,
        "Give an existing folder as -DestinationPath, or end it with a separator to have it made.");

    /// <summary>The level is beyond what the codec knows.</summary>
    public static ErrorRecord CompressionLevelOutOfRange(int level, string codec, int min, int max) => Record(
        new PSArgumentException($"{codec} has the levels {min} to {max}, not {level}."),
        nameof(CompressionLevelOutOfRange), ErrorCategory.InvalidArgument, level,
        $"Give a -CompressionLevel from {min} to {max}.");

    /// <summary>An error that the engine expects.</summary>
    /// <param name="error">What the engine says.</param>
    /// <param name="source">Path of the input.</param>
    /// <param name="destination">Path of the output, the target of errors about it; null for a command that writes none.</param>
    public static ErrorRecord FromEngine(ImageException error, string source, string? destination) => Record(
        error, error.ErrorId, CategoryOf(error),
        error.Kind == ImageErrorKind.Destination && destination is not null ? destination : source,
        error.RecommendedAction);

    /// <summary>An error that nobody expected: a fault of RpiLive.</summary>
    public static ErrorRecord Unexpected(Exception error, string source) => Record(
        error, nameof(Unexpected), ErrorCategory.NotSpecified, source,
        "This is a fault of RpiLive: please report it with the output of $Error[0].Exception.ToString() and the name of the stock image.");

    private static ErrorCategory CategoryOf(ImageException error) => error.ErrorId switch
    {
        ErrorIds.DestinationExists or ErrorIds.ZramExists => ErrorCategory.ResourceExists,
        ErrorIds.DestinationFull or ErrorIds.ScratchFull or ErrorIds.NoRoom => ErrorCategory.ResourceUnavailable,
        ErrorIds.ImageInUse => ErrorCategory.ResourceBusy,
        ErrorIds.KeepRuleMissing or ErrorIds.StoreMissing or ErrorIds.AccountMissing or ErrorIds.KeepDirectoryMissing => ErrorCategory.ObjectNotFound,
        ErrorIds.TooLarge => ErrorCategory.LimitsExceeded,
        ErrorIds.AlreadyLive => ErrorCategory.InvalidOperation,
        _ => error.Kind switch
        {
            ImageErrorKind.Corrupt => ErrorCategory.InvalidData,
            ImageErrorKind.Unsupported => ErrorCategory.NotImplemented,
            ImageErrorKind.Missing => ErrorCategory.ObjectNotFound,
            ImageErrorKind.Destination => ErrorCategory.WriteError,
            ImageErrorKind.Unreadable => ErrorCategory.OpenError,
            ImageErrorKind.Request => ErrorCategory.InvalidArgument,
            _ => ErrorCategory.NotSpecified,
        },
    };

    private static ErrorRecord Record(Exception exception, string id, ErrorCategory category, object? target, string recommendedAction) =>
        new(exception, id, category, target) { ErrorDetails = new ErrorDetails(exception.Message) { RecommendedAction = recommendedAction } };
}
