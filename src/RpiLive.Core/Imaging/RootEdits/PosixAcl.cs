using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace RpiLive.Core.Imaging.Edits;

/// <summary>A POSIX.1e access control list in the form of getxattr(2): version 2 of linux/posix_acl_xattr.h, little-endian.</summary>
internal sealed class PosixAcl
{
    private const uint Version = 2;
    private const int HeaderLength = 4;
    private const int EntryLength = 8;
    private const int AllRights = 7;

    private readonly List<(PosixAclTag Tag, int Rights, uint Id)> _entries = [];

    private PosixAcl()
    {
    }

    /// <summary>Reads the value of the attribute; null when it breaks the format's rules.</summary>
    public static PosixAcl? TryParse(ReadOnlySpan<byte> value)
    {
        if (value.Length < HeaderLength || BinaryPrimitives.ReadUInt32LittleEndian(value) != Version || (value.Length - HeaderLength) % EntryLength != 0)
            return null;
        PosixAcl acl = new();
        for (ReadOnlySpan<byte> rest = value[HeaderLength..]; rest.Length > 0; rest = rest[EntryLength..])
        {
            PosixAclTag tag = (PosixAclTag)BinaryPrimitives.ReadUInt16LittleEndian(rest);
            int rights = BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]);
            uint id = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            if (!Enum.IsDefined(tag) || rights > AllRights)
                return null;
            acl._entries.Add((tag, rights, id));
        }
        bool isWhole = acl.Count(PosixAclTag.Owner) == 1 && acl.Count(PosixAclTag.OwningGroup) == 1 && acl.Count(PosixAclTag.Other) == 1
            && acl.Count(PosixAclTag.Mask) <= 1
            && (acl.Count(PosixAclTag.Mask) == 1 || acl.Count(PosixAclTag.User) + acl.Count(PosixAclTag.Group) == 0);
        return isWhole ? acl : null;
    }

    /// <summary>The permission bits that give nobody more than this list and <paramref name="permissions"/> do.</summary>
    /// <remarks>
    /// <para>With a list, the group bits of the mode show the mask. Without it they are the rights of the owning group, so they become
    /// that entry's, as far as the mask lets them.</para>
    /// <para>A user with an entry falls back to the group or the others, a group with one to the others. Where the entry gave less
    /// than those have, it was there to keep somebody out: those are cut to it.</para>
    /// </remarks>
    public int NarrowPermissions(int permissions)
    {
        int mask = AllRights, owner = 0, group = 0, other = 0, users = AllRights, groups = AllRights;
        foreach ((PosixAclTag tag, int rights, _) in _entries)
        {
            switch (tag)
            {
                case PosixAclTag.Owner: owner = rights; break;
                case PosixAclTag.OwningGroup: group = rights; break;
                case PosixAclTag.Mask: mask = rights; break;
                case PosixAclTag.Other: other = rights; break;
                case PosixAclTag.User: users &= rights; break;
                case PosixAclTag.Group: groups &= rights; break;
            }
        }
        if (Count(PosixAclTag.User) > 0)
            users &= mask;
        if (Count(PosixAclTag.Group) > 0)
            groups &= mask;
        return permissions & (~0x1FF | (owner << 6) | ((group & mask & users) << 3) | (other & users & groups));
    }

    /// <summary>Appends the entries as getfacl(1) writes them, ids as numbers.</summary>
    /// <param name="text">Where to.</param>
    /// <param name="prefix">Empty, or <c>default:</c>.</param>
    public void AppendTo(StringBuilder text, string prefix)
    {
        foreach ((PosixAclTag tag, int rights, uint id) in _entries)
        {
            string who = tag switch
            {
                PosixAclTag.Owner or PosixAclTag.User => "user",
                PosixAclTag.OwningGroup or PosixAclTag.Group => "group",
                PosixAclTag.Mask => "mask",
                _ => "other",
            };
            string name = tag is PosixAclTag.User or PosixAclTag.Group ? id.ToString(CultureInfo.InvariantCulture) : "";
            AppendEntry(text, $"{prefix}{who}:{name}:", rights);
        }
    }

    /// <summary>Appends the three entries that a mode is.</summary>
    public static void AppendMode(StringBuilder text, int permissions)
    {
        AppendEntry(text, "user::", permissions >> 6);
        AppendEntry(text, "group::", permissions >> 3);
        AppendEntry(text, "other::", permissions);
    }

    private static void AppendEntry(StringBuilder text, string who, int rights) => text.Append(who)
        .Append((rights & 4) != 0 ? 'r' : '-').Append((rights & 2) != 0 ? 'w' : '-').Append((rights & 1) != 0 ? 'x' : '-').Append('\n');

    private int Count(PosixAclTag tag) => _entries.Count(entry => entry.Tag == tag);
}
