using System.Management.Automation;
using System.Text.RegularExpressions;

namespace RpiLive.Validation;

/// <summary>Accepts names of Debian packages, each alone or as <c>NAME=VERSION</c> (Debian Policy 5.6.1 and 5.6.12).</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed partial class ValidatePackageNameAttribute : ValidateEnumeratedArgumentsAttribute
{
    protected override void ValidateElement(object element)
    {
        if (element is not string name || !NamePattern.IsMatch(name))
            throw new ValidationMetadataException($"'{element}' is no name of a package: give one such as nano, or a name and its version, such as nano=7.2-1.");
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9+.-]{1,127}(=[A-Za-z0-9.+:~-]{1,127})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern { get; }
}
