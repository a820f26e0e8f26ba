namespace RpiLive.Codecs.OpenPgp;

/// <summary>Calls of the library on what others have made.</summary>
internal static class Guarded
{
    /// <summary>
    /// The result, or nothing. Which exceptions damaged packets lead to, the library does not say; a length that is a lie can end in
    /// any of them, also in that of memory.
    /// </summary>
    public static T? Try<T>(Func<T?> work)
        where T : class
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>True when <paramref name="work"/> says so, and does not fail.</summary>
    public static bool IsTrue(Func<bool> work) => Try(() => work() ? typeof(Guarded) : null) is not null;
}
