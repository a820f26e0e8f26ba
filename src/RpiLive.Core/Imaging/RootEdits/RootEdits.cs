using RpiLive.Core.Errors;
using RpiLive.Core.Imaging.Edits;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging;

/// <summary>The changes that make the root of a stock image fit for live use.</summary>
public static class RootEdits
{
    // SwapEdit reads the swap lines that FstabEdit puts out of action; PosixAclEdit records modes, so it comes last.
    private static readonly IReadOnlyList<IRootEdit> s_edits =
    [
        new LiveFolderEdit(),
        new LiveCommandEdit(),
        new SwapEdit(),
        new FstabEdit(),
        new BootVolumeUnitsEdit(),
        new FirstBootSettingsEdit(),
        new RootResizeEdit(),
        new RootCheckEdit(),
        new MaintenanceEdit(),
        new BootFirmwareEdit(),
        new BootPackagesEdit(),
        new InitramfsUpdateEdit(),
        new JournalEdit(),
        new MachineIdEdit(),
        new SecretSeedEdit(),
        new SshHostKeysEdit(),
        new CloudInitEdit(),
        new ClockEdit(),
        new PosixAclEdit(),
        new XattrEdit(),
    ];

    /// <summary>Makes every edit that the root needs.</summary>
    /// <param name="root">The root of the stock image; changed in place.</param>
    /// <param name="options">What the edits need to know.</param>
    /// <exception cref="ImageException">
    /// <see cref="ErrorIds.RootUnusable"/>: something lies in the way of an edit, such as a directory where a file must be.
    /// </exception>
    public static RootEditResult ApplyAll(DirectoryNode root, RootEditOptions options)
    {
        List<AppliedEdit> applied = [];
        List<string> warnings = [];
        foreach (IRootEdit edit in s_edits)
        {
            RootEditor editor = new(root, options);
            edit.Apply(editor);
            if (editor.ChangedPaths.Count > 0)
                applied.Add(new AppliedEdit(edit.Name, edit.Reason, editor.ChangedPaths));
            warnings.AddRange(editor.Warnings);
        }
        return new RootEditResult(applied, warnings);
    }
}
