namespace RpiLive.Core.Debian.Archive;

/// <summary>What a failed attempt says about the next one.</summary>
internal enum TransferFault
{
    /// <summary>No connection: name, route or port.</summary>
    Unconnected,

    /// <summary>It may pass: the server is busy, the connection broke.</summary>
    Passing,

    /// <summary>The server does not have the file, or does not give it.</summary>
    Missing,

    /// <summary>The bytes are not those of the file.</summary>
    Damaged,

    /// <summary>No attempt will do: the certificate, the proxy.</summary>
    Lasting,
}
