using System.Management.Automation;

namespace RpiLive.Validation;

/// <summary>Accepts permissions as chmod takes them in numbers: three or four octal digits.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ValidateFileModeAttribute : ValidateArgumentsAttribute
{
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        if (arguments is not string { Length: 3 or 4 } mode || mode.Any(digit => digit is < '0' or > '7'))
            throw new ValidationMetadataException($"'{arguments}' is not a file mode: give three or four octal digits as a string, such as '0750'.");
    }
}
