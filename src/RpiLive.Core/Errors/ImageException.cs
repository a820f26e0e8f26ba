namespace RpiLive.Core.Errors;

/// <summary>Every failure that the engine expects. Carries what an admin needs: a stable id, what is wrong, what to do.</summary>
public class ImageException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="errorId">A name out of <see cref="ErrorIds"/>; part of the public interface, never changed once released.</param>
    /// <param name="kind">What the error is about.</param>
    /// <param name="message">One or two sentences that name the thing (file, structure, offset) and what is wrong with it.</param>
    /// <param name="recommendedAction">One imperative sentence.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public ImageException(string errorId, ImageErrorKind kind, string message, string recommendedAction, Exception? innerException = null)
        : base(message, innerException)
    {
        ErrorId = errorId;
        Kind = kind;
        RecommendedAction = recommendedAction;
    }

    /// <summary>The stable id of this error.</summary>
    public string ErrorId { get; }

    /// <summary>What the error is about.</summary>
    public ImageErrorKind Kind { get; }

    /// <summary>What the user should do.</summary>
    public string RecommendedAction { get; }

    /// <summary>True when <see cref="RecommendedAction"/> is the one for formats of all kinds; who knows more of this one may say better.</summary>
    public bool HasGeneralAdvice { get; init; }

    /// <summary>A structure of <paramref name="format"/> in <paramref name="source"/> that breaks the format's rules.</summary>
    /// <param name="format">Name of the format as it stands in the id: <c>Ext4</c>, <c>Fat</c>, <c>Mbr</c>, <c>SquashFs</c> …</param>
    /// <param name="source">The name of the input.</param>
    /// <param name="what">What is wrong, with numbers; no full stop.</param>
    public static ImageException Corrupt(string format, string source, string what) => new(
        "Corrupt" + format, ImageErrorKind.Corrupt, $"{source}: {what}.",
        "Download the image again and compare its SHA-256 with the published one; if it is a copy of a card, repair its file systems first.")
    {
        HasGeneralAdvice = true,
    };

    /// <summary>A feature of <paramref name="format"/> that RpiLive does not know.</summary>
    /// <param name="format">Name of the format as it stands in the id.</param>
    /// <param name="source">The name of the input.</param>
    /// <param name="what">The feature, named as the format's own tools name it; no full stop.</param>
    public static ImageException Unsupported(string format, string source, string what) => new(
        "Unsupported" + format, ImageErrorKind.Unsupported, $"{source}: {what}.",
        "Use an image as published by Raspberry Pi or Debian, or make its file system again without this feature.")
    {
        HasGeneralAdvice = true,
    };
}
