using System.Management.Automation;
using System.Text.RegularExpressions;

namespace RpiLive.Validation;

/// <summary>Accepts public keys of SSH as they stand in <c>id_ed25519.pub</c>: type, base64, and a comment (sshd(8), AUTHORIZED_KEYS FILE FORMAT).</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed partial class ValidatePublicKeyAttribute : ValidateEnumeratedArgumentsAttribute
{
    protected override void ValidateElement(object element)
    {
        if (element is not string key || !KeyPattern.IsMatch(key))
            throw new ValidationMetadataException("This is no public key of SSH: give the line that is in a file such as id_ed25519.pub.");
    }

    [GeneratedRegex(@"\A(ssh-(ed25519|rsa)|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com) [A-Za-z0-9+/]{16,16384}={0,3}( [^\r\n\0]{0,1024})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex KeyPattern { get; }
}
