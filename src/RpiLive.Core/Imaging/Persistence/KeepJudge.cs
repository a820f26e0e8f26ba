using RpiLive.Core.Errors;
using RpiLive.Core.SquashFs;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Persistence;

/// <summary>Judges keep rules by the image's own root, and by each other.</summary>
/// <param name="root">The live root.</param>
/// <param name="image">What errors call the image.</param>
public sealed class KeepJudge(SquashFsVolume root, string image)
{
    /// <summary>Places that no rule may name or lie in, and why.</summary>
    private static readonly (string Path, string Reason)[] s_forbidden =
    [
        ("/proc", "the kernel shows its processes there"),
        ("/sys", "the kernel shows its devices there"),
        ("/dev", "the kernel makes it anew at each start"),
        ("/run", "the system makes it anew at each start"),
        ("/boot", "the boot volume is shown there"),
        ("/lib/modules", "what is there must be of the kernel that was started"),
        ("/usr/lib/rpilive", "the start of the live system reads it"),
    ];

    /// <summary>
    /// Finds where a directory really lies, as the start mounts rules before the image's links mean anything, and refuses one that
    /// cannot be kept.
    /// </summary>
    /// <param name="directory">The path as the user gave it.</param>
    /// <param name="mode">How it is to be kept.</param>
    /// <returns>The path with the image's symbolic links resolved.</returns>
    /// <exception cref="ImageException">
    /// <see cref="ErrorIds.KeepDirectoryInvalid"/>, <see cref="ErrorIds.KeepDirectoryForbidden"/>, <see cref="ErrorIds.KeepDirectoryMissing"/>,
    /// <see cref="ErrorIds.KeepDirectoryNotDirectory"/>, or the root is damaged.
    /// </exception>
    public string Place(string directory, KeepMode mode)
    {
        CheckText(directory, mode);
        // What the system makes anew need not be in the image for a reason to be given.
        CheckPlace(directory, directory, mode);
        string place = Locate(directory);
        if (place != directory)
        {
            CheckText(place, mode);
            CheckPlace(place, directory, mode);
        }
        return place;
    }

    /// <summary>Refuses rules of which one would hide the other, and more than there may be.</summary>
    /// <exception cref="ImageException"><see cref="ErrorIds.KeepRulesNested"/>, <see cref="ErrorIds.TooManyKeepRules"/>.</exception>
    public static void CheckTogether(IReadOnlyList<KeepRule> rules, string image)
    {
        if (rules.Count > PersistenceSettings.MaxRules)
        {
            throw KeepErrors.Request(ErrorIds.TooManyKeepRules, image,
                $"there would be {rules.Count} keep rules, more than {PersistenceSettings.MaxRules}", "Keep a directory further up in place of several in it.");
        }
        foreach (KeepRule inner in rules)
        {
            foreach (KeepRule outer in rules)
            {
                if (KeepDirectory.IsInside(inner.Directory, outer.Directory) && !MayLieIn(inner.Mode, outer.Mode))
                {
                    throw KeepErrors.Request(ErrorIds.KeepRulesNested, image,
                        $"{inner.Directory} ({inner.Mode}) cannot be kept inside {outer.Directory} ({outer.Mode})",
                        "Remove one of the two rules with Remove-RpiLivePersistence. Inside Overlay there can be Bind and Tmpfs, inside Bind there can be Tmpfs.");
                }
            }
        }
    }

    private static bool MayLieIn(KeepMode inner, KeepMode outer) => inner switch
    {
        KeepMode.Tmpfs => outer is KeepMode.Overlay or KeepMode.Bind,
        KeepMode.Bind => outer == KeepMode.Overlay,
        _ => false,
    };

    private void CheckText(string directory, KeepMode mode)
    {
        if (KeepDirectory.Fault(directory, mode) is { } fault)
        {
            throw KeepErrors.Request(ErrorIds.KeepDirectoryInvalid, image, $"'{directory}' cannot be kept: it {fault}",
                "Give the absolute path of a directory in the image, such as /var/log.");
        }
    }

    private void CheckPlace(string place, string given, KeepMode mode)
    {
        string named = place == given ? given : $"{given} (in the image this is {place})";
        if (place == "/")
            throw Forbidden("/ cannot be kept: it is the live root itself", "Name the directories to keep, or use a -Preset.");
        foreach ((string path, string reason) in s_forbidden)
        {
            foreach (string forbidden in root.Resolve(path) is { } real && real != path ? (string[])[path, real] : [path])
            {
                if (place == forbidden || KeepDirectory.IsInside(place, forbidden))
                    throw Forbidden($"{named} cannot be kept, nor anything else in {path}: {reason}", "Keep another directory.");
                if (mode != KeepMode.Overlay && KeepDirectory.IsInside(forbidden, place))
                {
                    throw Forbidden($"{named} cannot be kept with -Mode {mode}: {path} lies in it, and {reason}",
                        "Use -Mode Overlay, or keep the directories in it that matter.");
                }
            }
        }
        if (mode != KeepMode.Tmpfs && (place == "/tmp" || KeepDirectory.IsInside(place, "/tmp")))
            throw Forbidden($"{named} cannot be kept: /tmp is emptied at each start", "Keep another directory, or use -Mode Tmpfs.");
    }

    private ImageException Forbidden(string what, string action) => KeepErrors.Request(ErrorIds.KeepDirectoryForbidden, image, what, action);

    private string Locate(string directory)
    {
        if (root.Find(directory) is { } node)
            return node is DirectoryNode ? root.Resolve(directory)! : throw NotDirectory(directory, "is not a directory in the image");
        if (root.Find(directory, followLast: false) is not null)
            throw NotDirectory(directory, "is a symbolic link in the image that leads nowhere");
        int slash = directory.LastIndexOf('/');
        string parent = slash == 0 ? "/" : directory[..slash];
        return root.Find(parent) switch
        {
            DirectoryNode => root.Resolve(parent)!.TrimEnd('/') + directory[slash..],
            null => throw KeepErrors.Request(ErrorIds.KeepDirectoryMissing, image, $"{directory} cannot be kept: there is no {parent} in the image",
                "Check the path; a directory that is not in the image yet must lie in one that is."),
            _ => throw NotDirectory(parent, "is not a directory in the image"),
        };
    }

    private ImageException NotDirectory(string directory, string what) => KeepErrors.Request(
        ErrorIds.KeepDirectoryNotDirectory, image, $"{directory} {what}", "Keep the directory that it lies in.");
}
