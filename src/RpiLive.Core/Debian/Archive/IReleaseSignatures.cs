using RpiLive.Core.Errors;

namespace RpiLive.Core.Debian.Archive;

/// <summary>What RpiLive.Codecs gives for OpenPGP (RFC 9580). Safe for several threads.</summary>
public interface IReleaseSignatures
{
    /// <summary>Verifies a clear-signed text: one good signature by a trusted key does.</summary>
    /// <param name="file">The file, of nothing but the text and its signatures.</param>
    /// <param name="name">What errors call it.</param>
    /// <returns>The signed text and who signed it.</returns>
    /// <exception cref="ImageException">
    /// <see cref="ErrorIds.SignatureInvalid"/>: no such file, or no good signature by a trusted key.
    /// <see cref="ErrorIds.KeyringUnusable"/>: a keyring that was given for trusted keys is none.
    /// </exception>
    SignedText Verify(ReadOnlyMemory<byte> file, string name);
}
