using System.Management.Automation;

namespace RpiLive.Validation;

/// <summary>Accepts a SHA-256 as 64 hexadecimal digits.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ValidateSha256Attribute : ValidateArgumentsAttribute
{
    private const int Digits = 64;

    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        if (arguments is not string { Length: Digits } hash || !hash.All(char.IsAsciiHexDigit))
            throw new ValidationMetadataException($"'{arguments}' is not a SHA-256: give its {Digits} hexadecimal digits.");
    }
}
