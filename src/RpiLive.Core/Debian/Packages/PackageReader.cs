using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;
using RpiLive.Core.Errors;

namespace RpiLive.Core.Debian.Packages;

/// <summary>Reads the packages of one index.</summary>
internal sealed class PackageReader
{
    private const long MaxSize = 4L << 30, MaxInstalledSize = 1L << 40;
    private const int MaxFileNameLength = 1024, MaxSectionLength = 100;

    private static readonly PackageField[] s_packed =
        [PackageField.FileName, PackageField.PreDepends, PackageField.Depends, PackageField.Conflicts, PackageField.Breaks, PackageField.Provides];

    private readonly string _indexName;
    private readonly object _repository;
    private readonly ControlReader _reader;
    private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _sections;
    private readonly int[] _at = new int[PackageFields.Count];
    private readonly ArrayBufferWriter<byte> _packed = new();

    public PackageReader(Stream stream, string indexName, object repository, Dictionary<string, string> sections)
    {
        _indexName = indexName;
        _repository = repository;
        _sections = sections.GetAlternateLookup<ReadOnlySpan<char>>();
        _reader = new(stream, what => IndexDamage.Error(indexName, what));
    }

    /// <summary>The next package for arm64 or all architectures; null at the end.</summary>
    /// <param name="packedLength">Bytes that it keeps packed.</param>
    /// <exception cref="ImageException"><c>CorruptPackageIndex</c>.</exception>
    public Package? Read(out int packedLength)
    {
        packedLength = 0;
        while (_reader.Read())
        {
            FindFields();
            string name = Name();
            if (Architecture(name) is not { } architecture)
                continue;
            byte[] packed = Pack(name);
            packedLength = packed.Length;
            return new(packed)
            {
                Name = name,
                Version = Version(name),
                Architecture = architecture,
                IsEssential = Is(PackageField.Essential, "yes"u8),
                Priority = Priority(),
                MultiArch = MultiArchitecture(),
                Section = Section(name),
                Size = Number(name, PackageField.Size, MaxSize) is > 0 and long size ? size : throw Wrong(name, PackageField.Size, "is missing or 0"),
                InstalledSize = Number(name, PackageField.InstalledSize, MaxInstalledSize),
                Repository = _repository,
                IndexName = _indexName,
            };
        }
        return null;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FindFields()
    {
        Array.Clear(_at);
        for (int i = 0; i < _reader.FieldCount; i++)
        {
            PackageField field = PackageFields.Find(_reader.Name(i));
            if (field == PackageField.None)
                continue;
            if (_at[(int)field] != 0)
                throw _reader.Damaged($"the field {Encoding.ASCII.GetString(PackageFields.Name(field))} stands there twice");
            _at[(int)field] = i + 1;
        }
    }

    private ReadOnlySpan<byte> Value(PackageField field) => _at[(int)field] is > 0 and int index ? _reader.Value(index - 1) : default;

    private bool Is(PackageField field, ReadOnlySpan<byte> value) => Ascii.EqualsIgnoreCase(Value(field), value);

    private string Name() => Encoding.UTF8.GetString(Value(PackageField.Package)) is var name && PackageName.IsValid(name)
        ? name
        : throw _reader.Damaged($"'{Quotation.Shorten(name)}' is not the name of a package");

    /// <summary>There are some fifty sections: each is one string.</summary>
    private string Section(string name)
    {
        Span<char> characters = stackalloc char[MaxSectionLength];
        if (!Encoding.UTF8.TryGetChars(Value(PackageField.Section), characters, out int length))
            throw Wrong(name, PackageField.Section, $"has more than {MaxSectionLength} characters");
        ReadOnlySpan<char> section = characters[..length];
        if (!_sections.TryGetValue(section, out string? pooled))
        {
            pooled = section.ToString();
            _sections[section] = pooled;
        }
        return pooled;
    }

    private string? Architecture(string name)
    {
        if (Value(PackageField.Architecture).IsEmpty)
            throw Wrong(name, PackageField.Architecture, "is missing");
        return Is(PackageField.Architecture, "arm64"u8) ? PackageIndex.Architecture : Is(PackageField.Architecture, "all"u8) ? "all" : null;
    }

    private DebianVersion Version(string name)
    {
        try
        {
            return DebianVersion.Parse(Encoding.UTF8.GetString(Value(PackageField.Version)));
        }
        catch (FormatException e)
        {
            throw Wrong(name, PackageField.Version, $"is wrong: {e.Message}");
        }
    }

    private PackagePriority Priority() =>
        Is(PackageField.Priority, "optional"u8) ? PackagePriority.Optional
        : Is(PackageField.Priority, "required"u8) ? PackagePriority.Required
        : Is(PackageField.Priority, "important"u8) ? PackagePriority.Important
        : Is(PackageField.Priority, "standard"u8) ? PackagePriority.Standard
        : PackagePriority.Extra;

    private MultiArch MultiArchitecture() =>
        Is(PackageField.MultiArch, "same"u8) ? MultiArch.Same
        : Is(PackageField.MultiArch, "foreign"u8) ? MultiArch.Foreign
        : Is(PackageField.MultiArch, "allowed"u8) ? MultiArch.Allowed
        : MultiArch.No;

    private long Number(string name, PackageField field, long max)
    {
        ReadOnlySpan<byte> value = Value(field);
        if (value.IsEmpty)
            return 0;
        return Utf8Parser.TryParse(value, out ulong number, out int used) && used == value.Length && number <= (ulong)max
            ? (long)number
            : throw Wrong(name, field, $"is '{Shorten(value)}', not a number up to {max:N0}");
    }

    private byte[] Pack(string name)
    {
        CheckFileName(name, Value(PackageField.FileName));
        Span<byte> hash = stackalloc byte[32];
        ReadOnlySpan<byte> digits = Value(PackageField.Sha256);
        if (digits.Length != 64 || Convert.FromHexString(digits, hash, out _, out _) != OperationStatus.Done)
            throw Wrong(name, PackageField.Sha256, "is not 64 hexadecimal digits");
        _packed.ResetWrittenCount();
        Pack(PackageField.Sha256, hash);
        foreach (PackageField field in s_packed)
            Pack(field, Value(field));
        return _packed.WrittenSpan.ToArray();
    }

    private void Pack(PackageField field, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
            return;
        Span<byte> head = _packed.GetSpan(5);
        head[0] = (byte)field;
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], value.Length);
        _packed.Advance(5);
        _packed.Write(value);
    }

    /// <summary>The file name goes into an URI and perhaps a path on the host: it must not lead anywhere else.</summary>
    private void CheckFileName(string name, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty || value.Length > MaxFileNameLength)
            throw Wrong(name, PackageField.FileName, "is missing or too long");
        ReadOnlySpan<byte> first = value.IndexOf((byte)'/') is >= 0 and int slash ? value[..slash] : value;
        bool leadsUp = value.SequenceEqual(".."u8) || value.StartsWith("../"u8) || value.EndsWith("/.."u8) || value.IndexOf("/../"u8) >= 0;
        if (leadsUp || value[0] == '/' || value.ContainsAnyExceptInRange((byte)' ', (byte)'~') || value.Contains((byte)'\\') || first.Contains((byte)':'))
            throw Wrong(name, PackageField.FileName, $"is '{Shorten(value)}', which is no path below the archive");
    }

    private static string Shorten(ReadOnlySpan<byte> value) => Quotation.Shorten(Encoding.UTF8.GetString(value));

    private ImageException Wrong(string name, PackageField field, string what) =>
        _reader.Damaged($"{name}: the field {Encoding.ASCII.GetString(PackageFields.Name(field))} {what}");
}
