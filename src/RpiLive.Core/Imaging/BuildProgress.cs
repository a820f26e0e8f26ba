namespace RpiLive.Core.Imaging;

/// <summary>How far a build is.</summary>
/// <param name="Stage">The step under way.</param>
/// <param name="BytesDone">Bytes of this step that are done.</param>
/// <param name="BytesTotal">Bytes of this step in all; 0 when not known.</param>
public readonly record struct BuildProgress(BuildStage Stage, long BytesDone, long BytesTotal);
