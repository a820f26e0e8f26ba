using System.Management.Automation;
using RpiLive.Core.Errors;

namespace RpiLive.Errors;

/// <summary>Every error record that the cmdlets write: target and message, and what <see cref="ErrorTable"/> says of its id.</summary>
internal static class CommandErrors
{
    /// <summary>The path names something that is not a file system, such as a variable or a registry key.</summary>
    public static ErrorRecord PathNotFileSystem(string path, string provider) => Record(
        new PSNotSupportedException($"'{path}' is a path of the {provider} provider, not a file."),
        nameof(PathNotFileSystem), path);

    /// <summary>No such drive, provider or folder, or a path that cannot be one.</summary>
    public static ErrorRecord PathInvalid(string path, Exception cause) => Record(
        cause, nameof(PathInvalid), path, message: Naming(cause.Message, path));

    /// <summary>No file of this name, or none that the pattern matches.</summary>
    public static ErrorRecord PathNotFound(string path, bool isPattern) => Record(
        new ItemNotFoundException(isPattern ? $"No file matches '{path}'." : $"There is no file '{path}'."),
        nameof(PathNotFound), path,
        isPattern ? "Check the pattern; use -LiteralPath where the name itself has wildcard characters." : "Check the path.");

    /// <summary>A folder where a file is needed.</summary>
    public static ErrorRecord PathNotFile(string path) => Record(
        new PSArgumentException($"'{path}' is a folder, not a file."),
        nameof(PathNotFile), path);

    /// <summary>A file where a folder is needed.</summary>
    public static ErrorRecord PathNotFolder(string path) => Record(
        new PSArgumentException($"'{path}' is a file, not a folder."),
        nameof(PathNotFolder), path);

    /// <summary>A folder that is to be read does not exist.</summary>
    public static ErrorRecord FolderMissing(string path) => Record(
        new DirectoryNotFoundException($"There is no folder '{path}'."),
        nameof(FolderMissing), path);

    /// <summary>A file that is to be read is larger than such a file can be, or cannot be read.</summary>
    public static ErrorRecord FileUnreadable(string path, string what, Exception? cause) => Record(
        new IOException($"'{path}' cannot be read: {what.TrimEnd('.')}.", cause),
        nameof(FileUnreadable), path);

    /// <summary>Parameters that make no sense together, or without another.</summary>
    public static ErrorRecord ParametersDisagree(string what, string recommendedAction) => Record(
        new PSArgumentException(what), nameof(ParametersDisagree), null, recommendedAction);

    /// <summary>No model of Raspberry Pi has such a name.</summary>
    public static ErrorRecord ModelMissing(string name) => Record(
        new ItemNotFoundException($"There is no Raspberry Pi model '{name}'."),
        nameof(ModelMissing), name);

    /// <summary>No check has such an id.</summary>
    public static ErrorRecord CheckMissing(string pattern) => Record(
        new ItemNotFoundException($"There is no check '{pattern}'."),
        nameof(CheckMissing), pattern);

    /// <summary>The scratch folder does not exist.</summary>
    public static ErrorRecord ScratchFolderMissing(string path) => Record(
        new DirectoryNotFoundException($"There is no folder '{path}'."),
        nameof(ScratchFolderMissing), path);

    /// <summary>The destination exists and -Force was not given.</summary>
    public static ErrorRecord DestinationExists(string path) => Record(
        new IOException($"'{path}' exists already."),
        ErrorIds.DestinationExists, path);

    /// <summary>The folder of the destination does not exist.</summary>
    public static ErrorRecord DestinationFolderMissing(string path, string folder) => Record(
        new DirectoryNotFoundException($"'{path}' cannot be made: there is no folder '{folder}'."),
        nameof(DestinationFolderMissing), path);

    /// <summary>The destination folder cannot be made.</summary>
    public static ErrorRecord DestinationUnwritable(string folder, Exception cause) => Record(
        cause, ErrorIds.DestinationUnwritable, folder, message: Naming(cause.Message, folder));

    /// <summary>The destination is the stock image itself.</summary>
    public static ErrorRecord DestinationIsSource(string path) => Record(
        new PSArgumentException($"'{path}' is both the stock image and the destination."),
        nameof(DestinationIsSource), path);

    /// <summary>Two stock images would become the same live image.</summary>
    public static ErrorRecord DestinationUsedTwice(string destination, string source) => Record(
        new PSArgumentException($"'{source}' would replace the live image '{destination}', which this command has just made of another stock image."),
        nameof(DestinationUsedTwice), source);

    /// <summary>Several stock images and one file to make.</summary>
    public static ErrorRecord DestinationNotFolder(string destination, int sources) => Record(
        new PSArgumentException($"{sources} stock images cannot become the one file '{destination}'."),
        nameof(DestinationNotFolder), destination);

    /// <summary>The level is beyond what the codec knows.</summary>
    public static ErrorRecord CompressionLevelOutOfRange(int level, string codec, int min, int max) => Record(
        new PSArgumentException($"{codec} has the levels {min} to {max}, not {level}."),
        nameof(CompressionLevelOutOfRange), level,
        $"Give a -CompressionLevel from {min} to {max}.");

    /// <summary>An error that the engine expects.</summary>
    /// <param name="error">What the engine says.</param>
    /// <param name="source">Path of the input.</param>
    /// <param name="destination">Path of the output, the target of errors about it; null for a command that writes none.</param>
    public static ErrorRecord FromEngine(ImageException error, string source, string? destination)
    {
        string target = error.Kind == ImageErrorKind.Destination && destination is not null ? destination : source;
        return Record(
            error, error.ErrorId, target,
            (error.HasGeneralAdvice ? ErrorTable.Find(error.ErrorId)?.Action : null) ?? error.RecommendedAction,
            Naming(error.Message, target, source));
    }

    /// <summary>An error that nobody expected: a fault of RpiLive.</summary>
    public static ErrorRecord Unexpected(Exception error, string source) => Record(
        error, nameof(Unexpected), source, message: Naming(error.Message, source));

    /// <summary>Of many files in one command, the message says which: what is found deep inside of an image does not know where that lies.</summary>
    private static string Naming(string message, string target, string? source = null) =>
        message.Contains(target, StringComparison.Ordinal) || (source is not null && message.Contains(source, StringComparison.Ordinal))
            ? message : $"{target}: {message}";

    private static ErrorRecord Record(Exception exception, string id, object? target, string? recommendedAction = null, string? message = null)
    {
        ErrorKind? kind = ErrorTable.Find(id);
        return new(exception, id, kind?.Category ?? ErrorCategory.NotSpecified, target)
        {
            ErrorDetails = new ErrorDetails(message ?? exception.Message) { RecommendedAction = recommendedAction ?? kind?.Action },
        };
    }
}
