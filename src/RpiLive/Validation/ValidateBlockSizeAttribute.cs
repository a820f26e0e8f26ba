using System.Globalization;
using System.Management.Automation;
using System.Numerics;

namespace RpiLive.Validation;

/// <summary>Accepts the block sizes of SquashFS that RpiLive writes: powers of two from 4 KiB to 1 MiB.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ValidateBlockSizeAttribute : ValidateArgumentsAttribute
{
    /// <summary>The least block size in bytes.</summary>
    public const int Min = 4 << 10;

    /// <summary>The greatest block size in bytes.</summary>
    public const int Max = 1 << 20;

    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        int size = (int)LanguagePrimitives.ConvertTo(arguments, typeof(int), CultureInfo.InvariantCulture);
        if (size is < Min or > Max || !BitOperations.IsPow2(size))
            throw new ValidationMetadataException($"{size} is not a block size of SquashFS: give a power of two from 4KB to 1MB, such as 128KB.");
    }
}
