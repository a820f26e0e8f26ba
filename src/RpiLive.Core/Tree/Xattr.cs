namespace RpiLive.Core.Tree;

/// <summary>One extended attribute.</summary>
/// <param name="Name">Full name with its namespace, such as <c>security.capability</c> or <c>system.posix_acl_access</c>.</param>
/// <param name="Value">The value in the form that getxattr(2) gives (ACLs in the kernel's user-space form, version 2).</param>
public sealed record Xattr(string Name, byte[] Value);
