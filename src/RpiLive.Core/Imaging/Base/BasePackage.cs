namespace RpiLive.Core.Imaging.Base;

/// <summary>A package in a base image.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
public sealed record BasePackage(string Name, string Version);
