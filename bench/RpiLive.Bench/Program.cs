using RpiLive.Bench;
using RpiLive.Core.Errors;

const string Usage = """
    Usage: RpiLive.Bench codecs FILE [CODEC:LEVEL:BLOCK …]

    Compresses the blocks of FILE on one thread and prints a line a setting, its fields parted by tabs:
        codec, level, block size, blocks, bytes, packed bytes, seconds, slowest block in milliseconds
    CODEC is gzip, zstd (the C library where it loads) or zstd-managed; BLOCK is a size such as 128K or 1M. Without settings, a choice of all codecs.

           RpiLive.Bench unxz FILE

    Unpacks an .xz file from start to end on all processors, as the reader of a build does, and prints its bytes.

           RpiLive.Bench edit FILE

    Opens a live image for editing and changes its settings, 20 times; prints the seconds that the opening took, and the median of
    the edits, parted by a tab. The settings end as they were.
    """;

try
{
    switch (args)
    {
        case ["codecs", string file, .. string[] settings]:
            CodecsCommand.Run(file, settings);
            return 0;
        case ["unxz", string file]:
            UnxzCommand.Run(file);
            return 0;
        case ["edit", string file]:
            EditCommand.Run(file);
            return 0;
        default:
            Console.Error.WriteLine(Usage);
            return 2;
    }
}
catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException or ImageException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
