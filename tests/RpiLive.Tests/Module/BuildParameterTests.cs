using System.IO.Compression;
using System.Security.Cryptography;

namespace RpiLive.Tests.Module;

/// <summary>New-RpiLiveImage with the real builder: what its parameters make of the image.</summary>
public sealed class BuildParameterTests(LiveFolderFixture folder) : IClassFixture<LiveFolderFixture>
{
    private const string Build = "New-RpiLiveImage stock.img made.img -CompressionLevel 1 -Force";

    private string Hash => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(folder["stock.img"])));

    [Theory]
    [InlineData("-RootMode Auto", "RootMode", "Auto")]
    [InlineData("-RootMode Ram", "RootMode", "Ram")]
    [InlineData("-RootMode Medium", "RootMode", "Medium")]
    [InlineData("-OnLowMemory Stop", "OnLowMemory", "Stop")]
    [InlineData("-OnLowMemory Medium", "OnLowMemory", "Medium")]
    [InlineData("-UpperSize 25%", "UpperSize", "25%")]
    [InlineData("-UpperSize 256MB", "UpperSize", "256MB")]
    [InlineData("-UpperSize (1GB)", "UpperSize", "1024MB")]
    [InlineData("-Reserve 300MB", "Reserve", "314572800")]
    [InlineData("-Compression Auto", "Compression", "zstd")]
    [InlineData("-Compression Zstd", "Compression", "zstd")]
    [InlineData("-Compression Gzip", "Compression", "gzip")]
    [InlineData("-BlockSize 4KB", "BlockSize", "4096")]
    [InlineData("-BlockSize 1MB", "BlockSize", "1048576")]
    public void A_parameter_is_seen_on_the_image(string parameter, string property, string expected)
    {
        Image($"{Build} {parameter}");
        Assert.Equal([expected], folder.Session.Run($"(Get-RpiLiveImage made.img).{property}").Texts);
    }

    [Fact]
    public void Level_reserve_and_threads_do_what_they_are_for()
    {
        RpiLiveImage plain = Image(Build);
        Assert.InRange(Image($"{Build} -CompressionLevel 19".Replace("-CompressionLevel 1 ", "", StringComparison.Ordinal)).RootLength, 1, plain.RootLength - 1);
        Assert.InRange(Image($"{Build} -Reserve 400MB").RequiredMemory - plain.RequiredMemory, 1, long.MaxValue);
        Assert.Equal(plain.RootLength, Image($"{Build} -ThrottleLimit 1").RootLength);
        Assert.Equal(plain.RootLength, Image($"{Build} -ThrottleLimit 3").RootLength);
    }

    [Fact]
    public void The_image_tells_what_it_was_made_of_and_reading_it_tells_the_same()
    {
        RpiLiveImage made = Image(Build), read = Image("Get-RpiLiveImage made.img");
        Assert.Equal(("stock.img", Hash, "arm64"), (made.SourceName, made.SourceSha256, made.Architecture));
        foreach (System.Reflection.PropertyInfo property in typeof(RpiLiveImage).GetProperties().Where(property => property.Name != nameof(RpiLiveImage.Warnings)))
            Assert.Equal(Text(property.GetValue(made)), Text(property.GetValue(read)));

        static string Text(object? value) => value is System.Collections.IEnumerable list and not string ? string.Join(' ', list.Cast<object>()) : $"{value}";
    }

    [Fact]
    public void The_hash_that_is_expected_decides()
    {
        Assert.Equal(Hash, Image($"{Build} -ExpectedHash {Hash}").SourceSha256);
        Assert.Equal(Hash, Image($"{Build} -ExpectedHash {Hash.ToUpperInvariant()}").SourceSha256);
        Directory.CreateDirectory(folder["wrong"]);
        ModuleResult result = folder.Session.Run($"New-RpiLiveImage stock.img wrong -ExpectedHash {new string('0', 64)}");
        Assert.Equal(["HashMismatch"], result.ErrorIds);
        Assert.Equal(folder["stock.img"], result.Errors[0].TargetObject);
        Assert.Empty(Directory.GetFileSystemEntries(folder["wrong"]));
    }

    [Theory]
    [InlineData("stock.img.gz")]
    [InlineData("stock.zip")]
    public void A_packed_image_is_unpacked_in_the_scratch_folder_and_nothing_stays_there(string name)
    {
        using (FileStream packed = File.Create(folder[name]))
        {
            if (name == "stock.zip")
            {
                using ZipArchive zip = new(packed, ZipArchiveMode.Create);
                zip.CreateEntryFromFile(folder["stock.img"], "stock.img");
            }
            else
            {
                using GZipStream gzip = new(packed, CompressionLevel.Fastest);
                gzip.Write(File.ReadAllBytes(folder["stock.img"]));
            }
        }
        Directory.CreateDirectory(folder["scratch"]);
        RpiLiveImage image = Image($"New-RpiLiveImage {name} from-packed/ -CompressionLevel 1 -ScratchPath scratch -Force");
        Assert.Equal((folder[Path.Join("from-packed", "stock-live.img")], name), (image.Path, image.SourceName));
        Assert.Empty(Directory.GetFileSystemEntries(folder["scratch"]));
        Assert.Equal(["True"], folder.Session.Run("Test-RpiLiveImage from-packed/stock-live.img -Quiet").Texts);
    }

    [Theory]
    [InlineData("New-RpiLiveImage live.img twice.img", "AlreadyLive", "live.img")]
    [InlineData("New-RpiLiveImage stock.img twice.img -BusyBoxPath live.img", "BusyBoxUnsuitable", "stock.img")]
    public void What_the_builder_refuses_leaves_no_file(string script, string id, string target)
    {
        ModuleResult result = folder.Session.Run(script);
        Assert.Equal([id], result.ErrorIds);
        Assert.Equal(folder[target], result.Errors[0].TargetObject);
        Assert.NotEmpty(result.Errors[0].ErrorDetails.RecommendedAction);
        Assert.False(File.Exists(folder["twice.img"]));
    }

    [Fact]
    public void One_that_is_no_image_does_not_stop_the_next()
    {
        folder.Session.File("garbage.img");
        File.Copy(folder["stock.img"], folder["[two].img"], overwrite: true);
        ModuleResult result = folder.Session.Run("'stock.img', 'garbage.img', [pscustomobject]@{ LiteralPath = '[two].img' } | New-RpiLiveImage -DestinationPath several/ -CompressionLevel 1");
        Assert.Equal(folder["garbage.img"], Assert.Single(result.Errors).TargetObject);
        Assert.Equal([folder[Path.Join("several", "stock-live.img")], folder[Path.Join("several", "[two]-live.img")]], result.Texts);
    }

    /// <summary>The one image that a script emits without an error.</summary>
    private RpiLiveImage Image(string script)
    {
        ModuleResult result = folder.Session.Run(script);
        Assert.Empty(result.Errors.Select(error => error.ToString()));
        return (RpiLiveImage)result.Output.Single().BaseObject;
    }
}
