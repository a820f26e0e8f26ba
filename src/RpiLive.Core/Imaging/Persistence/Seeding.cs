using RpiLive.Core.SquashFs;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Persistence;

/// <summary>Makes the content of a kept directory out of a folder of the host.</summary>
internal static class Seeding
{
    private const int DefaultDirectoryMode = 0x1ED, DefaultFileMode = 0x1A4, Sticky = 0x200, WorldWritable = 2;

    /// <summary>Reads the folder; owner, group and modes that are not given are those of the directory in the image.</summary>
    public static DirectoryNode Read(SeedOptions options, string directory, SquashFsVolume root, string image, CancellationToken cancellation)
    {
        Accounts accounts = new(root, image);
        DirectoryNode? original = root.Find(directory) as DirectoryNode;
        (uint user, uint? loginGroup) = options.Owner is { } owner ? accounts.User(owner) : (original?.UserId ?? 0, null);
        uint group = options.Group is { } name ? accounts.Group(name) : loginGroup ?? original?.GroupId ?? 0;
        int top = options.DirectoryMode ?? original?.Permissions ?? DefaultDirectoryMode;
        // A directory for everyone, such as /srv/drop with 1777, does not make everything in it one.
        int below = options.DirectoryMode is null && (top & (Sticky | WorldWritable)) != 0 ? DefaultDirectoryMode : top;
        return new SeedFolder(user, group, top, below, options.FileMode ?? DefaultFileMode).Read(options.Folder, cancellation);
    }
}
