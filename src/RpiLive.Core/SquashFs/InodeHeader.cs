using RpiLive.Core.Tree;

namespace RpiLive.Core.SquashFs;

/// <summary>An inode as read.</summary>
/// <param name="Type">Its type in the basic form.</param>
/// <param name="Number">Its number.</param>
/// <param name="Node">What the tree gets.</param>
/// <param name="Listing">For a directory, where its listing lies.</param>
internal sealed record InodeHeader(InodeType Type, uint Number, TreeNode Node, ListingPlace? Listing);
