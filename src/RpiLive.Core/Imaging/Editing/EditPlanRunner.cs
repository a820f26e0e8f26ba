using RpiLive.Core.Imaging.Persistence;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Editing;

/// <summary>Makes a planned change.</summary>
public static class EditPlanRunner
{
    /// <summary>
    /// Makes the change. Stores are there before the settings name them, and go after; so the image works wherever this is cut.
    /// </summary>
    /// <param name="plan">A plan for the image as the editor has it.</param>
    /// <param name="editor">The image.</param>
    /// <param name="cancellation">Ends the work between two steps, or within the making of a store.</param>
    /// <exception cref="Errors.ImageException">What the editor throws.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static void Apply(EditPlan plan, LiveImageEditor editor, CancellationToken cancellation)
    {
        Timestamp time = new(Math.Max(0, editor.Settings.Clock ?? 0));
        foreach (CardChange change in plan.Changes.Where(change => change.Length is not null))
            Make(change, editor, time, cancellation);
        cancellation.ThrowIfCancellationRequested();
        editor.WriteSettings(plan.Settings);
        foreach (CardChange change in plan.Changes.Where(change => change.Length is null))
        {
            if (change.Kind == StoreKind.Partition)
                editor.RemovePartition();
            else
                editor.RemoveContainer();
        }
    }

    private static void Make(CardChange change, LiveImageEditor editor, Timestamp time, CancellationToken cancellation)
    {
        bool partition = change.Kind == StoreKind.Partition;
        bool isNew = (partition ? editor.Partition : editor.Container) is null;
        DirectoryNode? tree = isNew ? StoreTree.Make(time) : change.Seed is null ? null : partition ? editor.ReadPartition() : editor.ReadContainer();
        if (change is { Seeded: { } rule, Seed: { } seed })
            StoreTree.Put(tree!, rule, seed, time);
        if (partition)
            editor.SetPartition(change.Length!.Value, tree, cancellation);
        else
            editor.SetContainer(change.Length!.Value, tree, cancellation);
    }
}
