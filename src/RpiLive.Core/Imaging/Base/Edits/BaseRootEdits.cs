namespace RpiLive.Core.Imaging.Base.Edits;

/// <summary>All that is done to the root of a base image once its packages are unpacked, in order.</summary>
internal static class BaseRootEdits
{
    private static readonly IReadOnlyList<IBaseEdit> s_edits =
    [
        new DefaultFilesEdit(),
        new AccountsEdit(),
        new AlternativesEdit(),
        new PasswordRulesEdit(),
        new SystemFilesEdit(),
        new SecureShellEdit(),
        new CertificatesEdit(),
        new ConsoleEdit(),
        new ServicesEdit(),
        new DpkgDatabaseEdit(),
    ];

    /// <summary>Makes every change.</summary>
    public static void ApplyAll(BaseRoot root)
    {
        foreach (IBaseEdit edit in s_edits)
            edit.Apply(root);
    }
}
