using RpiLive.Core.Errors;
using RpiLive.Core.Inputs;
using RpiLive.Core.Streams;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Inputs;

public sealed class ImageInputTests : IDisposable
{
    private readonly PackedFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(600)]
    [InlineData(100_000)]
    public void What_is_packed_by_nothing_is_read_as_it_is(int length)
    {
        byte[] content = PackedFiles.Content(length);
        _files.AssertReads(content, _files.Write("image.zip", content), ImageFormat.Raw, usesScratch: false);
    }

    [Theory]
    [InlineData("bzip2", "bzip2 -c image > packed", "bzip2")]
    [InlineData("lz4", "lz4 -qc image > packed", "lz4")]
    [InlineData("xz", "xz -c --format=lzma image > packed", "LZMA")]
    [InlineData("python3", "python3 -c \"import lzma; open('packed', 'wb').write(lzma.compress(open('image', 'rb').read(), lzma.FORMAT_ALONE))\"", "LZMA")]
    [InlineData("tar", "tar -cf packed image", "tar")]
    [InlineData("qemu-img", "qemu-img create -q -f qcow2 packed 1M", "qcow2")]
    [InlineData("qemu-img", "qemu-img create -q -f vpc packed 1M", "VHD")]
    [InlineData("qemu-img", "qemu-img create -q -f vhdx packed 4M", "VHD")]
    [InlineData("qemu-img", "qemu-img create -q -f vmdk packed 1M", "VMDK")]
    [InlineData("qemu-img", "qemu-img create -q -f vdi packed 1M", "VDI")]
    [InlineData("sh", "printf '7z\\274\\257\\047\\034' > packed", "7z")]
    [InlineData("sh", "printf 'Rar!\\032\\007\\001' > packed", "RAR")]
    [InlineData("sh", "cp image packed; printf CD001 | dd of=packed bs=1 seek=32769 conv=notrunc status=none", "ISO 9660")]
    [InlineData("sh", "printf '<!DOCTYPE html>' > packed", "web page")]
    public void Other_archives_and_disk_images_are_refused_by_name(string tool, string script, string name)
    {
        Tools.Require(tool);
        _files.Write("image", PackedFiles.Content(100_000));
        _files.AssertRefused(_files.Make("packed", script), ErrorIds.FormatNotSupported, name);
    }

    [Fact]
    public void Scratch_file_has_no_name_on_unix_and_takes_no_space_for_zeros()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Looks into /proc.");
        Tools.Require("gzip", "stat");
        string path = _files.Make("image.gz", "(printf start; head -c 200000000 /dev/zero; printf end) | gzip -1 > image.gz");
        (FileSource file, ImageInput input) = _files.Open(path);
        using (file)
        using (input)
        {
            Assert.Equal(200_000_008, input.Content.Length);
            byte[] end = new byte[4];
            input.Content.ReadExactly(200_000_004, end);
            Assert.Equal("\0end"u8, end);
            Assert.Empty(Directory.GetFileSystemEntries(_files.Scratch));
            string scratch = Assert.Single(Open());
            Assert.InRange(int.Parse(Tools.Run("stat", "-Lc", "%b", $"/proc/{Environment.ProcessId}/fd/{Path.GetFileName(scratch)}")), 1, 64);
        }
        Assert.Empty(Open());

        string[] Open() => [.. Directory.GetFiles("/proc/self/fd").Where(link =>
            new FileInfo(link).LinkTarget?.Contains(_files.Scratch, StringComparison.Ordinal) == true)];
    }

    [Fact]
    public void Progress_ends_at_its_total()
    {
        Tools.Require("gzip", "zstd");
        _files.Write("image", PackedFiles.Content(5_000_000));
        foreach (string path in (string[])[_files.Make("image.gz", "gzip -kf image"), _files.Make("image.zst", "zstd -qf image")])
        {
            List<(long Done, long Total)> reports = [];
            (FileSource file, ImageInput input) = _files.Open(path, (done, total) => reports.Add((done, total)));
            using (file)
            using (input)
            {
                Assert.InRange(reports.Count, 4, 10);
                Assert.Equal(reports.Select(report => report.Done).Order(), reports.Select(report => report.Done));
                Assert.Equal(reports[^1].Total, reports[^1].Done);
            }
        }
    }

    [Theory]
    [InlineData("gzip -c image > packed")]
    [InlineData("zstd -qc image > packed")]
    [InlineData("zstd -qc --no-content-size < image > packed")]
    [InlineData("zip -q - image > packed")]
    [InlineData("zip -q -0 - image > packed")]
    public void Cancelling_ends_the_unpacking_and_leaves_nothing(string script)
    {
        Tools.Require("gzip", "zstd", "zip");
        _files.Write("image", PackedFiles.Content(8_000_000));
        string path = _files.Make("packed", script);
        using CancellationTokenSource stop = new();
        List<long> reports = [];
        Assert.ThrowsAny<OperationCanceledException>(() => _files.Open(path, (done, _) =>
        {
            reports.Add(done);
            stop.Cancel();
        }, stop.Token));
        Assert.Single(reports);
        Assert.Empty(Directory.GetFileSystemEntries(_files.Scratch));
    }

    [Theory]
    [InlineData("gzip -c image > packed", "full after")]
    [InlineData("zstd -qc image > packed", "2,000,000 bytes unpacked")]
    [InlineData("zip -q - image > packed", "2,000,000 bytes unpacked")]
    public void A_full_disk_is_an_error_that_names_the_parameter(string script, string text)
    {
        Tools.RequireRoot();
        Tools.Require("gzip", "zstd", "zip", "mount", "umount");
        byte[] content = new byte[2_000_000];
        new Random(1).NextBytes(content);
        (content[510], content[511]) = (0x55, 0xAA);
        _files.Write("image", content);
        string path = _files.Make("packed", script);
        Tools.Run("mount", "-t", "tmpfs", "-o", "size=1m", "none", _files.Scratch);
        try
        {
            ImageException error = _files.AssertRefused(path, ErrorIds.ScratchFull, _files.Scratch, text, "free");
            Assert.Contains("-ScratchPath", error.RecommendedAction, StringComparison.Ordinal);
        }
        finally
        {
            Tools.Run("umount", _files.Scratch);
        }
    }

    [Fact]
    public void A_scratch_folder_that_is_not_there_is_an_error()
    {
        Tools.Require("gzip");
        _files.Write("image", [1, 2, 3]);
        string path = _files.Make("image.gz", "gzip image");
        Directory.Delete(_files.Scratch);
        Assert.Equal(ErrorIds.ScratchUnwritable, Assert.Throws<ImageException>(() => _files.Open(path)).ErrorId);
        Directory.CreateDirectory(_files.Scratch);
    }
}
