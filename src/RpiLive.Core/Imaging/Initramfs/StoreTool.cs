using RpiLive.Core.Elf;

namespace RpiLive.Core.Imaging.Initramfs;

/// <summary>A program of the image that /init calls for stores.</summary>
/// <param name="Name">Its name, also below /sbin of the initramfs.</param>
/// <param name="Bytes">The program.</param>
/// <param name="Libraries">Its loader and libraries.</param>
internal sealed record StoreTool(string Name, byte[] Bytes, IReadOnlyList<NeededFile> Libraries);
