namespace RpiLive.Tests.Debian.Support;

/// <summary>How a <see cref="FakeMirror"/> treats one request instead of serving the file.</summary>
internal sealed record Fault
{
    /// <summary>Answers with this status and no file.</summary>
    public int? Status { get; init; }

    /// <summary>Further headers of the answer.</summary>
    public string[] Headers { get; init; } = [];

    /// <summary>Closes the connection after this many bytes of the body.</summary>
    public int? CutAfter { get; init; }

    /// <summary>Sends nothing more after this many bytes of the body, until the client goes.</summary>
    public int? StallAfter { get; init; }

    /// <summary>Sends the body and then zeros without end, and no length.</summary>
    public bool IsEndless { get; init; }

    /// <summary>Serves these bytes in place of the file.</summary>
    public byte[]? Content { get; init; }

    /// <summary>Sends the body without a length; its end is that of the connection.</summary>
    public bool HidesLength { get; init; }

    /// <summary>Sends the body in chunks.</summary>
    public bool IsChunked { get; init; }

    /// <summary>Serves the whole file whatever is asked for.</summary>
    public bool IgnoresRange { get; init; }

    /// <summary>Says in the answer to a range that it begins here.</summary>
    public int? RangeStart { get; init; }

    /// <summary>Runs before the answer.</summary>
    public Action? Before { get; init; }

    public static Fault Of(int status, params string[] headers) => new() { Status = status, Headers = headers };
}
