using RpiLive.Core.Errors;
using RpiLive.Core.Inputs;
using RpiLive.Core.Packed;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Imaging;

/// <summary>
/// Sees to it, while the build goes on, that the whole stock image is read and verified, and takes its SHA-256: of the file as
/// published, and of the raw image in it only where that is what is expected.
/// </summary>
internal sealed class SourceCheck : IDisposable
{
    private readonly FileSource _file;
    private readonly ImageInput _input;
    private readonly string? _expected;
    private readonly CancellationToken _cancellation;
    private readonly SourceSweep _content;

    /// <summary>Null where the file is the raw image.</summary>
    private readonly SourceSweep? _published;
    private bool _isContentHashed;

    /// <summary>Prepares the check; a packed file is hashed from now on.</summary>
    /// <param name="file">The file as published.</param>
    /// <param name="input">The raw image in it.</param>
    /// <param name="expected">The SHA-256 that one of the two must have, as hex digits; null for any.</param>
    /// <param name="cancellation">Stops the work.</param>
    public SourceCheck(FileSource file, ImageInput input, string? expected, CancellationToken cancellation)
    {
        _file = file;
        _input = input;
        _expected = expected;
        _cancellation = cancellation;
        _content = new SourceSweep(input.Content, cancellation);
        if (input.Content == file)
            return;
        _published = new SourceSweep(file, cancellation);
        _published.Start();
        _published.Release();
    }

    /// <summary>The raw image, for the build.</summary>
    public RandomAccessSource Content => _content.Followed;

    /// <summary>From now on the build reads from front to back.</summary>
    public void Start()
    {
        _isContentHashed = _published is null || (_expected is not null && !IsExpected(_published.Finish()));
        if (_isContentHashed)
            _content.Start();
    }

    /// <summary>Waits until everything has been read.</summary>
    /// <returns>SHA-256 of the file as published, lower-case hex.</returns>
    /// <exception cref="ImageException"><see cref="ErrorIds.HashMismatch"/>, or what is wrong with a part that nobody had read.</exception>
    public string Finish()
    {
        string? content = _isContentHashed ? _content.Finish() : null;
        if (_input.Content is PackedSource packed)
            packed.VerifyRest(_cancellation);
        string published = _published?.Finish() ?? content!;
        if (_expected is null || IsExpected(published) || IsExpected(content))
            return published;
        string found = _published is null ? $"its SHA-256 is {published}" : $"its SHA-256 is {published} and that of the image in it {content}";
        throw new ImageException(ErrorIds.HashMismatch, ImageErrorKind.Corrupt, $"{_file.Name}: {found}, not {_expected} as expected.",
            "Download the image again, and take the hash from the page that publishes it: that of the packed file or of the unpacked image.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _content.Dispose();
        _published?.Dispose();
    }

    private bool IsExpected(string? hash) => string.Equals(hash, _expected, StringComparison.OrdinalIgnoreCase);
}
