using System.Buffers.Binary;

namespace RpiLive.Core.Ext4;

/// <summary>
/// Access control lists: version 1 with short entries on disk (fs/ext4/acl.h), version 2 for user space
/// (linux/posix_acl_xattr.h).
/// </summary>
internal static class PosixAcl
{
    private const int HeaderSize = 4;
    private const int ShortSize = 4;
    private const int LongSize = 8;

    /// <summary>The form that getxattr(2) gives; null when <paramref name="stored"/> is no access control list.</summary>
    public static byte[]? ToUserForm(ReadOnlySpan<byte> stored)
    {
        if (stored.Length < HeaderSize || BinaryPrimitives.ReadUInt32LittleEndian(stored) != 1)
            return null;
        byte[] result = new byte[HeaderSize + ((stored.Length - HeaderSize) / ShortSize * LongSize)];
        BinaryPrimitives.WriteUInt32LittleEndian(result, 2);
        int written = HeaderSize;
        stored = stored[HeaderSize..];
        while (!stored.IsEmpty)
        {
            if (stored.Length < ShortSize)
                return null;
            int size = EntrySize(BinaryPrimitives.ReadUInt16LittleEndian(stored));
            if (size == 0 || stored.Length < size)
                return null;
            Span<byte> entry = result.AsSpan(written, LongSize);
            stored[..ShortSize].CopyTo(entry);
            if (size == LongSize)
                stored[ShortSize..LongSize].CopyTo(entry[ShortSize..]);
            else
                entry[ShortSize..].Fill(0xFF);
            written += LongSize;
            stored = stored[size..];
        }
        return result[..written];
    }

    /// <summary>The form on disk; null when <paramref name="value"/> is no access control list as getxattr(2) gives it.</summary>
    public static byte[]? ToStoredForm(ReadOnlySpan<byte> value)
    {
        if (value.Length < HeaderSize || (value.Length - HeaderSize) % LongSize != 0 || BinaryPrimitives.ReadUInt32LittleEndian(value) != 2)
            return null;
        byte[] result = new byte[value.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(result, 1);
        int written = HeaderSize;
        for (value = value[HeaderSize..]; !value.IsEmpty; value = value[LongSize..])
        {
            int size = EntrySize(BinaryPrimitives.ReadUInt16LittleEndian(value));
            if (size == 0)
                return null;
            value[..size].CopyTo(result.AsSpan(written));
            written += size;
        }
        return result[..written];
    }

    /// <summary>Size of an entry by its tag; 0 for an unknown tag.</summary>
    private static int EntrySize(ushort tag) => tag switch
    {
        0x01 or 0x04 or 0x10 or 0x20 => ShortSize,
        0x02 or 0x08 => LongSize,
        _ => 0,
    };
}
