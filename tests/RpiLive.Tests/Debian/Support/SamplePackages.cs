using System.Security.Cryptography;
using System.Text;
using RpiLive.Core.Debian.Packages;

namespace RpiLive.Tests.Debian.Support;

/// <summary>A small Packages file, paragraph by paragraph. Size, SHA-256 and file name are made up where they are not given.</summary>
internal sealed class SamplePackages
{
    private readonly StringBuilder _text = new();

    /// <summary>The file as text.</summary>
    public string Text => _text.ToString();

    /// <summary>The file as bytes.</summary>
    public byte[] Bytes => Encoding.UTF8.GetBytes(Text);

    /// <summary>Adds a package for arm64 of priority optional, version 1.0 unless fields say otherwise; a field with an empty value is left out.</summary>
    /// <param name="name">The name.</param>
    /// <param name="fields">Each <c>Name: value</c>.</param>
    public SamplePackages Add(string name, params IEnumerable<string> fields)
    {
        ControlParagraph paragraph = new();
        paragraph.Set("Package", name);
        paragraph.Set("Version", "1.0");
        paragraph.Set("Architecture", "arm64");
        paragraph.Set("Priority", "optional");
        paragraph.Set("Section", "misc");
        foreach (string field in fields)
        {
            string[] parts = field.Split(':', 2);
            paragraph.Set(parts[0], parts[1].Trim());
        }
        string file = $"{name}_{paragraph["Version"]}_{paragraph["Architecture"]}";
        SetDefault("Filename", $"pool/main/{name[0]}/{name}/{file}.deb");
        SetDefault("Size", "1000");
        SetDefault("SHA256", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(file))));
        foreach (string empty in paragraph.Fields.Where(field => field.Value.Length == 0).Select(field => field.Key).ToList())
            paragraph.Remove(empty);
        _text.Append(paragraph).Append('\n');
        return this;

        void SetDefault(string field, string value)
        {
            if (paragraph[field] is null)
                paragraph.Set(field, value);
        }
    }

    /// <summary>An index of this file alone.</summary>
    public PackageIndex ToIndex()
    {
        PackageIndex index = new();
        AddTo(index, "sample");
        return index;
    }

    /// <summary>Adds this file to an index, with its name as the repository.</summary>
    public void AddTo(PackageIndex index, string name)
    {
        using MemoryStream stream = new(Bytes);
        index.Add(stream, name, name);
    }

    /// <summary>The names that the resolver chooses from this file, with everything essential, in their order.</summary>
    public string[] Resolve(params string[] wanted) =>
        [.. new PackageResolver(ToIndex()).Resolve(new() { Wanted = wanted }).Select(package => package.Name)];
}
