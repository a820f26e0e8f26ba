using System.Globalization;
using System.Text;

namespace RpiLive.Core.Cpio;

/// <summary>
/// Writes a cpio archive in the "newc" form that Linux unpacks as initramfs. Everything belongs to root; missing parent
/// directories are added. The same calls give the same bytes.
/// </summary>
/// <param name="output">Where the archive goes; left open.</param>
/// <param name="modifiedTime">Time of every entry, in seconds since 1970.</param>
public sealed class CpioWriter(Stream output, uint modifiedTime = 0)
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private uint _inode;
    private long _position;

    /// <summary>Adds a directory; nothing happens when it is there already.</summary>
    public void AddDirectory(string path, int permissions = 0x1ED)
    {
        Check(path);
        if (_names.Contains(path))
            return;
        AddParents(path);
        Add(path, CpioFormat.Directory | (uint)permissions, [], links: 2);
    }

    /// <summary>Adds a regular file.</summary>
    /// <param name="path">Path without a leading slash.</param>
    /// <param name="content">The bytes.</param>
    /// <param name="permissions">Permission bits, by default 0644.</param>
    public void AddFile(string path, ReadOnlySpan<byte> content, int permissions = 0x1A4)
    {
        Check(path);
        AddParents(path);
        Add(path, CpioFormat.RegularFile | (uint)permissions, content);
    }

    /// <summary>Adds a symbolic link.</summary>
    public void AddSymbolicLink(string path, string target)
    {
        Check(path);
        AddParents(path);
        Add(path, CpioFormat.SymbolicLink | 0x1FF, Encoding.UTF8.GetBytes(target));
    }

    /// <summary>Adds a character device.</summary>
    public void AddCharacterDevice(string path, uint major, uint minor, int permissions = 0x180)
    {
        Check(path);
        AddParents(path);
        Add(path, CpioFormat.CharacterDevice | (uint)permissions, [], major: major, minor: minor);
    }

    /// <summary>Writes the trailer, which ends the archive.</summary>
    public void Finish()
    {
        _inode = uint.MaxValue;
        Write(CpioFormat.Trailer, 0, [], 1, 0, 0, time: 0);
    }

    private static void Check(string path)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal) || Encoding.UTF8.GetByteCount(path) >= CpioFormat.MaxNameLength
            || path.Split('/').Any(part => part is "" or "." or ".."))
            throw new ArgumentException($"'{path}' is no relative path inside the archive.", nameof(path));
    }

    private void AddParents(string path)
    {
        for (int slash = path.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            string parent = path[..slash];
            if (!_names.Contains(parent))
                Add(parent, CpioFormat.Directory | 0x1ED, [], links: 2);
        }
    }

    private void Add(string path, uint mode, ReadOnlySpan<byte> content, uint links = 1, uint major = 0, uint minor = 0)
    {
        if (!_names.Add(path))
            throw new ArgumentException($"'{path}' is in the archive already.", nameof(path));
        Write(path, mode, content, links, major, minor, modifiedTime);
    }

    private void Write(string name, uint mode, ReadOnlySpan<byte> content, uint links, uint major, uint minor, uint time)
    {
        byte[] nameBytes = Encoding.UTF8.GetBytes(name);
        StringBuilder header = new("070701", CpioFormat.HeaderLength);
        // Inode, mode, owner, group, links, time, size, device of the archive, device, name length, checksum (unused).
        ReadOnlySpan<uint> fields = [++_inode, mode, 0, 0, links, time, (uint)content.Length, 0, 0, major, minor, (uint)nameBytes.Length + 1, 0];
        foreach (uint field in fields)
            header.Append(CultureInfo.InvariantCulture, $"{field:X8}");
        Put(Encoding.ASCII.GetBytes(header.ToString()));
        Put(nameBytes);
        Put([0]);
        Align();
        Put(content);
        Align();
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        _position += bytes.Length;
    }

    private void Align() => Put("\0\0\0"u8[..(int)(-_position & 3)]);
}
