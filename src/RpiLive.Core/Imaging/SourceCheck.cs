using RpiLive.Core.Errors;
using RpiLive.Core.Inputs;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Imaging;

/// <summary>
/// Sees to it, while the build goes on, that the whole stock image is read and verified, and takes its SHA-256: of the file as
/// published, and of the raw image in it where a hash is expected that may be either.
/// </summary>
internal sealed class SourceCheck : IDisposable
{
    private readonly FileSource _file;
    private readonly string? _expected;
    private readonly SourceSweep _content;

    /// <summary>Null where the file is the raw image.</summary>
    private readonly SourceSweep? _published;

    /// <summary>Prepares the check; a packed file is hashed from now on.</summary>
    /// <param name="file">The file as published.</param>
    /// <param name="input">The raw image in it.</param>
    /// <param name="expected">The SHA-256 that one of the two must have, as hex digits; null for any.</param>
    /// <param name="cancellation">Stops the work.</param>
    public SourceCheck(FileSource file, ImageInput input, string? expected, CancellationToken cancellation)
    {
        _file = file;
        _expected = expected;
        bool isRaw = input.Content == file;
        _content = new SourceSweep(input.Content, isHashed: isRaw || expected is not null, cancellation);
        if (isRaw)
            return;
        _published = new SourceSweep(file, isHashed: true, cancellation);
        _published.Start();
        _published.Release();
    }

    /// <summary>The raw image, for the build.</summary>
    public RandomAccessSource Content => _content.Followed;

    /// <summary>From now on the build reads from front to back.</summary>
    public void Start() => _content.Start();

    /// <summary>Waits until everything has been read.</summary>
    /// <returns>SHA-256 of the file as published, lower-case hex.</returns>
    /// <exception cref="ImageException"><see cref="ErrorIds.HashMismatch"/>, or what is wrong with a part that nobody had read.</exception>
    public string Finish()
    {
        string content = _content.Finish();
        string published = _published?.Finish() ?? content;
        if (_expected is null || Matches(published) || Matches(content))
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

    private bool Matches(string hash) => hash.Equals(_expected, StringComparison.OrdinalIgnoreCase);
}
