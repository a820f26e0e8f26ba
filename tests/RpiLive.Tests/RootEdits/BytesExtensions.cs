namespace RpiLive.Tests.RootEdits;

internal static class BytesExtensions
{
    /// <summary>The parts between zero bytes, in hex.</summary>
    public static IEnumerable<string> Split0(this byte[] bytes)
    {
        int start = 0;
        for (int end = 0; end < bytes.Length; end++)
        {
            if (bytes[end] != 0)
                continue;
            yield return Convert.ToHexString(bytes, start, end - start);
            start = end + 1;
        }
    }
}
