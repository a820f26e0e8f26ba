using System.Runtime.CompilerServices;
using System.Text;

namespace RpiLive.Core.Debian.Packages;

/// <summary>The names of <see cref="PackageField"/>.</summary>
internal static class PackageFields
{
    /// <summary>The number of values of <see cref="PackageField"/>.</summary>
    public const int Count = (int)PackageField.InstalledSize + 1;

    /// <summary>The field of a name in any case; <see cref="PackageField.None"/> for one that is not kept.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static PackageField Find(ReadOnlySpan<byte> name)
    {
        // By length first: this runs for each of the million fields of an index.
        PackageField found = name.Length switch
        {
            4 => PackageField.Size,
            6 => (name[0] | 0x20) == 'b' ? PackageField.Breaks : PackageField.Sha256,
            7 => (name[0] | 0x20, name[1] | 0x20) switch
            {
                ('p', _) => PackageField.Package,
                ('v', _) => PackageField.Version,
                ('s', _) => PackageField.Section,
                _ => PackageField.Depends,
            },
            8 => (name[2] | 0x20) == 'i' ? PackageField.Priority : (name[0] | 0x20) == 'p' ? PackageField.Provides : PackageField.FileName,
            9 => (name[0] | 0x20) == 'e' ? PackageField.Essential : PackageField.Conflicts,
            10 => PackageField.MultiArch,
            11 => PackageField.PreDepends,
            12 => PackageField.Architecture,
            14 => PackageField.InstalledSize,
            _ => PackageField.None,
        };
        ReadOnlySpan<byte> usual = Name(found);
        return found != PackageField.None && (name.SequenceEqual(usual) || Ascii.EqualsIgnoreCase(name, usual)) ? found : PackageField.None;
    }

    /// <summary>The name as Debian writes it.</summary>
    public static ReadOnlySpan<byte> Name(PackageField field) => field switch
    {
        PackageField.Package => "Package"u8,
        PackageField.Version => "Version"u8,
        PackageField.Architecture => "Architecture"u8,
        PackageField.Essential => "Essential"u8,
        PackageField.Priority => "Priority"u8,
        PackageField.MultiArch => "Multi-Arch"u8,
        PackageField.Section => "Section"u8,
        PackageField.PreDepends => "Pre-Depends"u8,
        PackageField.Depends => "Depends"u8,
        PackageField.Conflicts => "Conflicts"u8,
        PackageField.Breaks => "Breaks"u8,
        PackageField.Provides => "Provides"u8,
        PackageField.FileName => "Filename"u8,
        PackageField.Size => "Size"u8,
        PackageField.Sha256 => "SHA256"u8,
        PackageField.InstalledSize => "Installed-Size"u8,
        _ => default,
    };
}
