namespace RpiLive.Core.Imaging.Base.Edits;

/// <summary>
/// One thing that the maintainer scripts of packages, or an admin, would have done before a system is of use. It does nothing where its
/// packages are not there.
/// </summary>
internal interface IBaseEdit
{
    /// <summary>Makes the change.</summary>
    void Apply(BaseRoot root);
}
