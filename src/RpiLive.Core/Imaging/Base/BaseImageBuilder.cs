using System.Collections.Concurrent;
using RpiLive.Core.Compression;
using RpiLive.Core.Debian.Deb;
using RpiLive.Core.Debian.Root;
using RpiLive.Core.Errors;
using RpiLive.Core.Ext4.Making;
using RpiLive.Core.Fat;
using RpiLive.Core.Imaging.Base.Edits;
using RpiLive.Core.Imaging.Edits;
using RpiLive.Core.Kernel.Indexes;
using RpiLive.Core.Partitions;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Base;

/// <summary>Makes a base image out of packages that are on this computer. The same recipe gives the same bytes.</summary>
/// <param name="codecs">The codecs that the base class library lacks.</param>
internal sealed class BaseImageBuilder(ICodecs codecs)
{
    private const byte Fat32LbaType = 0x0C, LinuxType = 0x83;
    private const int SectorLength = 512;

    /// <summary>Builds the image and commits it.</summary>
    /// <param name="recipe">What it is to be.</param>
    /// <param name="destination">Where it goes.</param>
    /// <param name="progress">Told how far the work is, from several threads; may be null.</param>
    /// <param name="cancellation">Stops the work; nothing is left behind.</param>
    /// <returns>Size of the image in bytes and release of its kernel.</returns>
    /// <exception cref="ImageException">Anything that is wrong with packages or destination.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public (long Length, string Release) Build(BaseRecipe recipe, DestinationFile destination, IProgress<BaseProgress>? progress, CancellationToken cancellation)
    {
        using Areas areas = new(Path.GetDirectoryName(Path.GetFullPath(destination.Path))!, destination.Path);
        InstalledPackage[] packages = Unpack(recipe, areas, progress, cancellation);
        progress?.Report(new(BaseStage.Root, 0, 0));

        PackageTree tree = new(BaseRules.Root);
        tree.MergeUsr();
        for (int i = 0; i < recipe.Packages.Count; i++)
            tree.Add(packages[i]);
        Timestamp time = tree.NewestTime;
        RootEditor editor = new(tree.Root, new RootEditOptions { BootVolumeId = recipe.VolumeId, Timestamp = time });
        InstalledPackage[] installed = [.. packages.Take(recipe.Packages.Count)];
        BaseRootEdits.ApplyAll(new BaseRoot(editor, installed, recipe, BaseRules.Root, tree.Replaced, AccountsEdit.Read(editor, installed)));
        SetMissingTimes(tree.Root, time);
        string release = BaseBootFiles.FindRelease(tree.Root);
        ModuleIndexes.Make(tree.Root, release, codecs, time, cancellation);

        progress?.Report(new(BaseStage.BootFiles, 0, 0));
        PackageTree firmware = new(BaseRules.Firmware);
        firmware.Add(packages[^1]);
        DirectoryNode boot = BaseBootFiles.Make(tree.Root, firmware.Root, release, recipe, time, codecs, cancellation);

        progress?.Report(new(BaseStage.Writing, 0, 0));
        long bootLength = WriteBootVolume(destination.Target, boot, recipe, time, cancellation);
        long rootOffset = BaseLayout.Align(LiveLayout.BootVolumeOffset + bootLength);
        long rootLength = RootLength(tree.Root, recipe, rootOffset, destination.Path);
        // So long from the start: what is never written reads as zeros.
        destination.Target.SetLength(rootOffset + rootLength);
        Ext4Maker.Make(destination.Target.From(rootOffset), rootLength, new Ext4Options
        {
            Id = recipe.RootId,
            HashSeed = recipe.HashSeed,
            Timestamp = time,
            Label = BaseLayout.RootLabel,
        }, tree.Root, cancellation);
        MasterBootRecord.Write(destination.Target, recipe.DiskId,
        [
            new(1, Fat32LbaType, LiveLayout.BootVolumeOffset, bootLength),
            new(2, LinuxType, rootOffset, rootLength),
        ]);
        cancellation.ThrowIfCancellationRequested();
        destination.Commit();
        return (rootOffset + rootLength, release);
    }

    /// <summary>All packages, the firmware last.</summary>
    private InstalledPackage[] Unpack(BaseRecipe recipe, Areas areas, IProgress<BaseProgress>? progress, CancellationToken cancellation)
    {
        PackageFile[] files = [.. recipe.Packages, recipe.Firmware];
        InstalledPackage[] packages = new InstalledPackage[files.Length];
        long total = files.Sum(file => new FileInfo(file.Path).Length), done = 0;
        progress?.Report(new(BaseStage.Unpacking, 0, total));
        // The largest first: the kernel takes longest by far.
        IEnumerable<int> order = Enumerable.Range(0, files.Length).OrderByDescending(index => new FileInfo(files[index].Path).Length);
        OrderedParallel.ForEach(order, Environment.ProcessorCount, index =>
        {
            PackageFile file = files[index];
            using FileSource source = new(file.Path);
            PathRules rules = index == files.Length - 1 ? BaseRules.Firmware : BaseRules.Root;
            packages[index] = new InstalledPackage(file.Name, file.Version, areas.With(area => DebPackage.Unpack(source, codecs, rules.Includes, area, cancellation)));
            progress?.Report(new(BaseStage.Unpacking, Interlocked.Add(ref done, source.Length), total));
        }, cancellation);
        areas.Finish();
        return packages;
    }

    private static long WriteBootVolume(FileTarget target, DirectoryNode boot, BaseRecipe recipe, Timestamp time, CancellationToken cancellation)
    {
        Fat32Builder fat = new(target.From(LiveLayout.BootVolumeOffset), new Fat32Options
        {
            VolumeId = recipe.VolumeId,
            Label = LiveLayout.BootVolumeLabel,
            HiddenSectors = (uint)(LiveLayout.BootVolumeOffset / SectorLength),
            MaxDataBytes = TreeSize.OfFiles(boot) + 2 * BaseLayout.BootFreeBytes,
            ClusterSize = BaseLayout.ClusterSize,
            Timestamp = time,
        });
        fat.AddTree(boot, cancellation);
        return fat.Finish(BaseLayout.BootFreeBytes);
    }

    private static long RootLength(DirectoryNode root, BaseRecipe recipe, long rootOffset, string path)
    {
        if (recipe.Length == 0)
            return BaseLayout.Align(BaseSize.Of(root) + BaseLayout.RootFreeBytes);
        long least = BaseLayout.Align(BaseSize.Of(root)), length = recipe.Length - rootOffset;
        if (length >= least && length <= Ext4Maker.MaxLength)
            return length / BaseLayout.Alignment * BaseLayout.Alignment;
        throw new ImageException(ErrorIds.TooLarge, ImageErrorKind.Request,
            $"{path}: an image of {recipe.Length:N0} bytes cannot hold these packages; it takes {rootOffset + least:N0} bytes at least.",
            "Give a larger -Size, or leave it out.");
    }

    private static void SetMissingTimes(DirectoryNode root, Timestamp time)
    {
        foreach (TreeWalk.Entry entry in TreeWalk.Nodes(root).Where(entry => entry.Node.ModifiedTime == default))
            entry.Node.ModifiedTime = time;
    }

    /// <summary>A temporary file for each thread that unpacks.</summary>
    private sealed class Areas(string folder, string name) : IDisposable
    {
        private readonly ConcurrentBag<UnpackArea> _idle = [], _all = [];

        public T With<T>(Func<UnpackArea, T> work)
        {
            if (!_idle.TryTake(out UnpackArea? area))
                _all.Add(area = new UnpackArea(folder, name));
            T result = work(area);
            _idle.Add(area);
            return result;
        }

        public void Finish()
        {
            foreach (UnpackArea area in _all)
                area.Finish();
        }

        public void Dispose()
        {
            foreach (UnpackArea area in _all)
                area.Dispose();
        }
    }
}
