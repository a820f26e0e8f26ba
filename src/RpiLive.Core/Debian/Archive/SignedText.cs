namespace RpiLive.Core.Debian.Archive;

/// <summary>A text that a trusted key has signed.</summary>
/// <param name="Text">What is signed, and nothing else: lines end with a line feed and have no blanks before it.</param>
/// <param name="Fingerprint">Of the key that signed, in upper-case hex; may be a subkey.</param>
/// <param name="Signer">The first user id of the key.</param>
/// <param name="SignedAt">When it was signed.</param>
public sealed record SignedText(byte[] Text, string Fingerprint, string Signer, DateTimeOffset SignedAt);
