using RpiLive.Bench;

const string Usage = """
    Usage: RpiLive.Bench codecs FILE [CODEC:LEVEL:BLOCK …]

    Compresses the blocks of FILE on one thread and prints a line a setting, its fields parted by tabs:
        codec, level, block size, blocks, bytes, packed bytes, seconds, slowest block in milliseconds
    CODEC is gzip or zstd; BLOCK is a size such as 128K or 1M. Without settings, a choice of all codecs.
    """;

try
{
    switch (args)
    {
        case ["codecs", string file, .. string[] settings]:
            CodecsCommand.Run(file, settings);
            return 0;
        default:
            Console.Error.WriteLine(Usage);
            return 2;
    }
}
catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
