using RpiLive.Core.Tree;

namespace RpiLive.Core.Fat;

/// <summary>
/// FAT's date and time words: 1980 to 2107 in steps of two seconds, without a zone; RpiLive takes and writes them as UTC.
/// </summary>
internal static class FatTime
{
    private static readonly long s_first = Seconds(new(1980, 1, 1, 0, 0, 0, DateTimeKind.Utc));
    private static readonly long s_last = Seconds(new(2107, 12, 31, 23, 59, 58, DateTimeKind.Utc));

    /// <summary>The moment; words that are no date and time give 1980-01-01.</summary>
    public static Timestamp Decode(ushort date, ushort time)
    {
        int year = 1980 + (date >> 9), month = date >> 5 & 15, day = date & 31;
        int hour = time >> 11, minute = time >> 5 & 63, second = (time & 31) * 2;
        if (month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
            return new(s_first);
        return new(Seconds(new(year, month, day, hour, minute, second, DateTimeKind.Utc)));
    }

    /// <summary>The words, and the hundredths of a second (0 to 199) that creation times add; clamped to FAT's range.</summary>
    public static (ushort Date, ushort Time, byte Hundredths) Encode(Timestamp moment)
    {
        bool inRange = moment.Seconds >= s_first && moment.Seconds <= s_last + 1;
        DateTime time = DateTime.UnixEpoch.AddSeconds(inRange ? moment.Seconds : Math.Clamp(moment.Seconds, s_first, s_last));
        int hundredths = time.Second % 2 * 100 + (inRange ? (int)(moment.Nanoseconds / 10_000_000) : 0);
        return ((ushort)(time.Year - 1980 << 9 | time.Month << 5 | time.Day),
            (ushort)(time.Hour << 11 | time.Minute << 5 | time.Second / 2), (byte)hundredths);
    }

    private static long Seconds(DateTime time) => (time.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond;
}
