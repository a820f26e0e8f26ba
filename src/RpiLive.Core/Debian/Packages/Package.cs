using System.Buffers.Binary;
using System.Text;
using RpiLive.Core.Errors;

namespace RpiLive.Core.Debian.Packages;

/// <summary>
/// One version of a package in a <see cref="PackageIndex"/>. There are 60,000 of them, so what is seldom asked for stays
/// packed until it is.
/// </summary>
public sealed class Package
{
    /// <summary>Fields in a row: one byte <see cref="PackageField"/>, four of length, the value.</summary>
    private readonly byte[] _packed;

    internal Package(byte[] packed) => _packed = packed;

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The version.</summary>
    public required DebianVersion Version { get; init; }

    /// <summary><c>arm64</c> or <c>all</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>True for a package that every system has: others use it without a dependency.</summary>
    public bool IsEssential { get; init; }

    /// <summary>The priority.</summary>
    public PackagePriority Priority { get; init; }

    /// <summary>How it serves other architectures.</summary>
    public MultiArch MultiArch { get; init; }

    /// <summary>The section, such as <c>admin</c>; empty where none is given.</summary>
    public required string Section { get; init; }

    /// <summary>Bytes of the .deb file: 1 to 4 GiB.</summary>
    public long Size { get; init; }

    /// <summary>KiB that it is estimated to take unpacked; 0 where that is not given.</summary>
    public long InstalledSize { get; init; }

    /// <summary>What the caller of <see cref="PackageIndex.Add"/> gave for the place that it comes from.</summary>
    public required object Repository { get; init; }

    /// <summary>The file that the package stands in, for messages.</summary>
    public required string IndexName { get; init; }

    /// <summary>
    /// The path of the .deb file below the base of its repository: relative, with <c>/</c>, without <c>..</c>, backslashes and other than
    /// printable ASCII, and with no colon in its first part. For an URI, each part is yet to be escaped.
    /// </summary>
    public string FileName => Encoding.UTF8.GetString(Packed(PackageField.FileName));

    /// <summary>The SHA-256 of the .deb file, 64 lower-case hexadecimal digits.</summary>
    public string Sha256 => Convert.ToHexStringLower(Packed(PackageField.Sha256));

    /// <summary>The next older version of the same name.</summary>
    internal Package? Older { get; set; }

    /// <summary>Reads a relation field, anew at each call; empty where there is none.</summary>
    /// <exception cref="ImageException"><c>CorruptPackageIndex</c>: the field cannot be read.</exception>
    public IReadOnlyList<Dependency> Relations(RelationField field)
    {
        PackageField kept = field switch
        {
            RelationField.PreDepends => PackageField.PreDepends,
            RelationField.Depends => PackageField.Depends,
            RelationField.Conflicts => PackageField.Conflicts,
            RelationField.Breaks => PackageField.Breaks,
            RelationField.Provides => PackageField.Provides,
            _ => throw new ArgumentOutOfRangeException(nameof(field)),
        };
        ReadOnlySpan<byte> value = Packed(kept);
        if (value.IsEmpty)
            return [];
        IReadOnlyList<Dependency> list;
        try
        {
            list = Dependency.ParseList(Encoding.UTF8.GetString(value));
        }
        catch (FormatException e)
        {
            throw Damaged(kept, e.Message);
        }
        // Alternatives mean nothing there, and what is provided has a version or not (Debian Policy 7.1 and 7.5).
        if (field is RelationField.Conflicts or RelationField.Breaks or RelationField.Provides && list.Any(item => item.Alternatives.Count > 1))
            throw Damaged(kept, "has alternatives");
        if (field == RelationField.Provides && list.Any(item => item.Alternatives[0].Operator is not (VersionOperator.None or VersionOperator.Equal)))
            throw Damaged(kept, "has a version with another operator than =");
        return list;
    }

    /// <summary>Name and version.</summary>
    public override string ToString() => $"{Name} {Version}";

    private ImageException Damaged(PackageField field, string what) =>
        IndexDamage.Error(IndexName, $"{Name}: the field {Encoding.ASCII.GetString(PackageFields.Name(field))} is wrong: {what}");

    private ReadOnlySpan<byte> Packed(PackageField field)
    {
        for (ReadOnlySpan<byte> rest = _packed; !rest.IsEmpty;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(rest[1..]);
            ReadOnlySpan<byte> value = rest.Slice(5, length);
            if (rest[0] == (byte)field)
                return value;
            rest = rest[(5 + length)..];
        }
        return default;
    }
}
