using RpiLive.Codecs;
using RpiLive.Core.Errors;
using RpiLive.Core.Inputs;
using RpiLive.Core.Streams;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Inputs;

/// <summary>Image files packed by the field's tools, and their content as ImageInput gives it.</summary>
internal sealed class PackedFiles : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PackedFiles() => Directory.CreateDirectory(Scratch);

    /// <summary>The folder for scratch files; nothing else is in it.</summary>
    public string Scratch => _folder["scratch"];

    public string this[string name] => _folder[name];

    /// <summary>Bytes with a signed first sector, text, noise and holes.</summary>
    public static byte[] Content(int length, int seed = 1)
    {
        Random random = new(seed);
        byte[] bytes = new byte[length];
        for (int offset = 0; offset < length;)
        {
            Span<byte> part = bytes.AsSpan(offset, Math.Min(random.Next(1, 40_000), length - offset));
            if (random.Next(3) == 0)
                random.NextBytes(part);
            else if (random.Next(2) == 0)
                part.Fill((byte)random.Next(256));
            offset += part.Length;
        }
        if (length >= 512)
            (bytes[510], bytes[511]) = (0x55, 0xAA);
        return bytes;
    }

    public string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(_folder[name], bytes);
        return _folder[name];
    }

    /// <summary>Runs a line of shell in the folder and gives the path of the file that it makes.</summary>
    public string Make(string name, string script)
    {
        Tools.Shell($"cd '{_folder.Path}'; {script}");
        return _folder[name];
    }

    /// <summary>A seekable .zst file of several frames; no tool at hand makes such.</summary>
    public string Seekable(string name, IEnumerable<byte[]> pieces, bool checksums = true, string options = "-3", bool pad = false)
    {
        using MemoryStream file = new(), table = new();
        uint count = 0;
        foreach (byte[] piece in pieces)
        {
            byte[] frame = File.ReadAllBytes(Make("frame.zst", $"zstd -qf {options} --check frame -o frame.zst", piece));
            file.Write(frame);
            AddEntry(frame.Length, piece.Length, frame.AsSpan(frame.Length - 4));
            if (pad)
            {
                file.Write([0x51, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3]);
                AddEntry(11, 0, [0x99, 0xE9, 0xD8, 0x51]);
            }
        }
        file.Write([0x5E, 0x2A, 0x4D, 0x18, .. BitConverter.GetBytes((uint)table.Length + 9)]);
        file.Write([.. table.ToArray(), .. BitConverter.GetBytes(count), (byte)(checksums ? 0x80 : 0), 0xB1, 0xEA, 0x92, 0x8F]);
        return Write(name, file.ToArray());

        // A frame's own checksum is the low half of XXH64 too.
        void AddEntry(int packed, int unpacked, ReadOnlySpan<byte> checksum)
        {
            count++;
            table.Write([.. BitConverter.GetBytes(packed), .. BitConverter.GetBytes(unpacked)]);
            if (checksums)
                table.Write(checksum);
        }
    }

    /// <summary>Opens a file; the caller disposes of both.</summary>
    public (FileSource File, ImageInput Input) Open(string path, Action<long, long>? progress = null, CancellationToken? cancellation = null)
    {
        FileSource file = new(path);
        try
        {
            InputOptions options = new() { ScratchFolder = Scratch, Threads = 2 };
            return (file, ImageInput.Open(file, new ThirdPartyCodecs(), options, progress, cancellation ?? TestContext.Current.CancellationToken));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The whole image; checks that the scratch folder is empty afterwards.</summary>
    public (byte[] Bytes, ImageFormat Format, bool UsesScratch, string? InnerName) Read(string path)
    {
        try
        {
            (FileSource file, ImageInput input) = Open(path);
            using (file)
            using (input)
            {
                byte[] bytes = new byte[input.Content.Length];
                input.Content.ReadExactly(0, bytes);
                return (bytes, input.Format, input.UsesScratch, input.InnerName);
            }
        }
        finally
        {
            Assert.Empty(Directory.GetFileSystemEntries(Scratch));
        }
    }

    /// <summary>Fails unless the file gives these bytes.</summary>
    public void AssertReads(byte[] expected, string path, ImageFormat format, bool usesScratch)
    {
        (byte[] bytes, ImageFormat actualFormat, bool actualScratch, _) = Read(path);
        Assert.True(expected.AsSpan().SequenceEqual(bytes), $"{path}: other bytes.");
        Assert.Equal((format, usesScratch), (actualFormat, actualScratch));
    }

    /// <summary>Fails unless the file is refused with this id and text.</summary>
    public ImageException AssertRefused(string path, string errorId, params string[] texts)
    {
        ImageException error = Assert.Throws<ImageException>(() => Read(path));
        Assert.Equal((errorId, true), (error.ErrorId, error.RecommendedAction.Length > 0));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.All(texts, text => Assert.Contains(text, error.Message, StringComparison.Ordinal));
        return error;
    }

    /// <summary>Damages a file in many ways: each is refused or gives the same bytes, unless it is no longer taken for that format.</summary>
    /// <param name="content">What the file unpacks to.</param>
    /// <param name="path">The sound file.</param>
    /// <param name="format">Its format.</param>
    /// <param name="seeds">How many ways.</param>
    /// <param name="inParts">True where a file cut between two of its parts is a whole file to the format's own tool as well.</param>
    public void AssertSurvivesDamage(byte[] content, string path, ImageFormat format, int seeds, bool inParts = false)
    {
        byte[] packed = File.ReadAllBytes(path);
        int refused = 0;
        for (int seed = 0; seed < seeds; seed++)
        {
            string damaged = Write("damaged", Mutations.Damage(packed, seed, [new(0, Math.Min(64, packed.Length)), new(Math.Max(0, packed.Length - 300), packed.Length)]));
            try
            {
                (byte[] bytes, ImageFormat actual, _, _) = Read(damaged);
                bool isWholeInParts = inParts && packed.AsSpan().StartsWith(File.ReadAllBytes(damaged)) && content.AsSpan().StartsWith(bytes);
                Assert.True(actual != format || isWholeInParts || content.AsSpan().SequenceEqual(bytes), $"Seed {seed} gives other bytes.");
            }
            catch (ImageException error)
            {
                refused++;
                Assert.NotEmpty(error.RecommendedAction);
            }
        }
        Assert.InRange(refused, seeds / 4, seeds);
    }

    public void Dispose() => _folder.Dispose();

    private string Make(string name, string script, byte[] content)
    {
        Write("frame", content);
        return Make(name, script);
    }
}
