using System.Management.Automation.Host;

namespace RpiLive.Host;

/// <summary>Tells the formatter how wide a line may be; nothing else of a terminal is offered.</summary>
internal sealed class TerminalSize : PSHostRawUserInterface
{
    private const int WidthOfFiles = 120;
    private const int WidthOfUnknown = 80;

    /// <summary>Columns of the terminal; some, such as a serial line, do not tell.</summary>
    public static int Columns => Console.WindowWidth > 0 ? Console.WindowWidth : WidthOfUnknown;

    public override Size BufferSize
    {
        get => new(Console.IsOutputRedirected ? WidthOfFiles : Columns, 50);
        set => throw Fixed();
    }

    public override Size WindowSize { get => BufferSize; set => throw Fixed(); }

    public override Size MaxWindowSize => BufferSize;

    public override Size MaxPhysicalWindowSize => BufferSize;

    public override Coordinates CursorPosition { get => default; set => throw Fixed(); }

    public override Coordinates WindowPosition { get => default; set => throw Fixed(); }

    public override int CursorSize { get => 1; set => throw Fixed(); }

    public override ConsoleColor ForegroundColor { get => ConsoleColor.Gray; set => throw Fixed(); }

    public override ConsoleColor BackgroundColor { get => ConsoleColor.Black; set => throw Fixed(); }

    public override string WindowTitle { get => ""; set => throw Fixed(); }

    public override bool KeyAvailable => false;

    public override KeyInfo ReadKey(ReadKeyOptions options) => throw Fixed();

    public override void FlushInputBuffer() => throw Fixed();

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw Fixed();

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw Fixed();

    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) => throw Fixed();

    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) => throw Fixed();

    private static HostException Fixed() => new("This host writes lines; it has no screen to change.");
}
