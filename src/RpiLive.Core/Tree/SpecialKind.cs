namespace RpiLive.Core.Tree;

/// <summary>The kinds of node without content.</summary>
public enum SpecialKind
{
    /// <summary>Character device.</summary>
    CharacterDevice,

    /// <summary>Block device.</summary>
    BlockDevice,

    /// <summary>Named pipe.</summary>
    Fifo,

    /// <summary>Socket.</summary>
    Socket,
}
