using System.Management.Automation;

namespace RpiLive.Validation;

/// <summary>Accepts the base address of a mirror: http or https, without a query.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ValidateMirrorAttribute : ValidateArgumentsAttribute
{
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        if (arguments is not Uri { IsAbsoluteUri: true, Query: "", Fragment: "", UserInfo: "" } mirror || (mirror.Scheme != Uri.UriSchemeHttps && mirror.Scheme != Uri.UriSchemeHttp))
            throw new ValidationMetadataException($"'{arguments}' is no address of a mirror: give one such as https://deb.debian.org/debian.");
    }
}
