namespace RpiLive.Help;

/// <summary>A heading of a Markdown page with what stands under it up to the next heading of its level.</summary>
/// <param name="Title">The heading without its marks.</param>
/// <param name="Lines">The lines under it, nested headings included.</param>
internal sealed record Section(string Title, IReadOnlyList<string> Lines)
{
    private const string Fence = "```";

    /// <summary>The sections that headings with <paramref name="level"/> marks make of <paramref name="lines"/>.</summary>
    public static IEnumerable<Section> Split(IReadOnlyList<string> lines, int level)
    {
        string mark = new string('#', level) + " ";
        string? title = null;
        List<string> body = [];
        bool code = false;
        foreach (string line in lines)
        {
            if (line.StartsWith(Fence, StringComparison.Ordinal))
                code = !code;
            if (code || !line.StartsWith(mark, StringComparison.Ordinal))
            {
                body.Add(line);
                continue;
            }
            if (title is not null)
                yield return new Section(title, body);
            (title, body) = (line[mark.Length..].Trim(), []);
        }
        if (title is not null)
            yield return new Section(title, body);
    }

    /// <summary>The text outside code blocks, a paragraph an entry, its lines joined.</summary>
    public IReadOnlyList<string> Paragraphs()
    {
        List<string> paragraphs = [];
        bool code = false;
        bool open = false;
        foreach (string line in Lines)
        {
            bool fence = line.StartsWith(Fence, StringComparison.Ordinal);
            if (fence)
                code = !code;
            if (fence || code || string.IsNullOrWhiteSpace(line))
                open = false;
            else if (open)
                paragraphs[^1] += " " + line.Trim();
            else
            {
                paragraphs.Add(line.Trim());
                open = true;
            }
        }
        return paragraphs;
    }

    /// <summary>The lines of the first code block of a language; empty when there is none.</summary>
    public IReadOnlyList<string> Code(string language) =>
        [.. Lines.SkipWhile(line => line != Fence + language).Skip(1).TakeWhile(line => line != Fence)];
}
