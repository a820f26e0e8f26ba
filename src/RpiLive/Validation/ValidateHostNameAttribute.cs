using System.Management.Automation;

namespace RpiLive.Validation;

/// <summary>Accepts the name of a computer: 1 to 63 letters, digits and hyphens, no hyphen at either end (RFC 1123).</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ValidateHostNameAttribute : ValidateArgumentsAttribute
{
    private const int MaxLength = 63;

    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        if (arguments is not string { Length: > 0 and <= MaxLength } name || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') || name[0] == '-' || name[^1] == '-')
            throw new ValidationMetadataException($"'{arguments}' is no name for a computer: give at most {MaxLength} letters, digits and hyphens.");
    }
}
