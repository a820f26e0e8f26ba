namespace RpiLive.Core.Imaging.Base;

/// <summary>How far the making of a base image is.</summary>
/// <param name="Stage">The step.</param>
/// <param name="BytesDone">Bytes of the step that are done.</param>
/// <param name="BytesTotal">Bytes of the step in all; 0 when not known.</param>
public readonly record struct BaseProgress(BaseStage Stage, long BytesDone, long BytesTotal);
