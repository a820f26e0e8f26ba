namespace RpiLive.Core.Imaging.Edits;

/// <summary>Whom an entry of an ACL is about (ACL_* of linux/posix_acl.h).</summary>
internal enum PosixAclTag
{
    Owner = 0x01,
    User = 0x02,
    OwningGroup = 0x04,
    Group = 0x08,
    Mask = 0x10,
    Other = 0x20,
}
