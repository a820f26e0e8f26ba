using RpiLive.Core.Compression;
using RpiLive.Core.Elf;
using RpiLive.Core.Errors;
using RpiLive.Core.Tree;
using RpiLive.Core.Xz;

namespace RpiLive.Core.Kernel;

/// <summary>A module as it lies in an image: plain, or packed as its ending says.</summary>
internal static class PackedModule
{
    private const string Format = "Module";

    /// <summary>Unpacks a module and hands it out as bytes and parsed.</summary>
    /// <param name="content">The file.</param>
    /// <param name="path">Its path: the ending says the compression, and errors name it.</param>
    /// <param name="codecs">For .ko.zst.</param>
    /// <param name="take">What is wanted of the module; errors of formats that it throws come out as the module's.</param>
    /// <exception cref="ImageException">
    /// <c>CorruptModule</c>: no sound module, whatever it is packed by, or more than <see cref="ModuleTree.MaxModuleLength"/> bytes.
    /// </exception>
    public static T Read<T>(FileContent content, string path, ICodecs codecs, Func<byte[], ElfFile, T> take)
    {
        if (content.Length > ModuleTree.MaxModuleLength)
            throw ImageException.Corrupt(Format, path, $"has {content.Length:N0} bytes, more than a module can have");
        byte[] packed = content.ReadAll(ModuleTree.MaxModuleLength);
        try
        {
            byte[] bytes = Unpack(packed, path, codecs);
            return take(bytes, ElfFile.Parse(bytes, path));
        }
        catch (ImageException e) when (e.ErrorId != "Corrupt" + Format)
        {
            // What is wrong with the packing is wrong with the module: its user knows nothing of the former.
            string named = path + ": ";
            throw ImageException.Corrupt(Format, path, (e.Message.StartsWith(named, StringComparison.Ordinal) ? e.Message[named.Length..] : e.Message).TrimEnd('.'));
        }
    }

    private static byte[] Unpack(byte[] bytes, string path, ICodecs codecs)
    {
        if (path.EndsWith(".ko.xz", StringComparison.Ordinal))
            return XzUnpacker.Unpack(bytes, ModuleTree.MaxModuleLength, path);
        if (path.EndsWith(".ko.zst", StringComparison.Ordinal))
            return codecs.DecompressZstd(bytes, ModuleTree.MaxModuleLength);
        if (!path.EndsWith(".ko.gz", StringComparison.Ordinal))
            return bytes;
        return BoundedGzip.Decompress(bytes, ModuleTree.MaxModuleLength)
            ?? throw ImageException.Corrupt(Format, path, $"is no sound gzip file, or has more than {ModuleTree.MaxModuleLength:N0} bytes unpacked");
    }
}
