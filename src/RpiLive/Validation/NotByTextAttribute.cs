using System.Management.Automation;

namespace RpiLive.Validation;

/// <summary>
/// Keeps an object that is nothing but properties from binding by its text, so that it binds by its properties. Without this,
/// PowerShell takes from an object with Path and ExpectedHash the hash by name, and the text of the whole object for the path.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NotByTextAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        if (inputData is not PSObject { BaseObject: PSCustomObject })
            return inputData;
        // The one exception after which the engine goes on to bind by name.
        PSInvalidCastException cause = new($"'{inputData}' is an object, not the path of a file.");
        throw new ArgumentTransformationMetadataException(cause.Message, cause);
    }
}
