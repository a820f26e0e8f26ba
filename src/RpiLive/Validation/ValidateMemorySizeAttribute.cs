using System.Management.Automation;
using RpiLive.Core.Imaging.Initramfs;

namespace RpiLive.Validation;

/// <summary>Accepts a share of the RAM: percent such as '50%', or a size such as 256MB.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ValidateMemorySizeAttribute : ValidateArgumentsAttribute
{
    private static readonly (string Unit, int Shift)[] s_units = [("KB", 10), ("MB", 20), ("GB", 30), ("TB", 40)];

    /// <summary>The size that a text gives; null for what is none. Begun MiB are whole ones.</summary>
    internal static MemorySize? Parse(string text)
    {
        string trimmed = text.Trim();
        if (trimmed.EndsWith('%'))
            return MemorySize.Parse(trimmed);
        (string unit, int shift) = s_units.FirstOrDefault(unit => trimmed.EndsWith(unit.Unit, StringComparison.OrdinalIgnoreCase));
        string digits = unit is null ? trimmed : trimmed[..^unit.Length];
        if (!long.TryParse(digits, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out long number) || number > long.MaxValue >> shift)
            return null;
        long mebibytes = ((number << shift) >> 20) + (((number << shift) & 0xFFFFF) == 0 ? 0 : 1);
        return mebibytes is >= 1 and <= MemorySize.MaxMebibytes ? new MemorySize((int)mebibytes, false) : null;
    }

    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        if (arguments is not string text || Parse(text) is null)
            throw new ValidationMetadataException($"'{arguments}' is no share of the RAM: give percent from '1%' to '100%', or a size from 1MB to {MemorySize.MaxMebibytes}MB.");
    }
}
