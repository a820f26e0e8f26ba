using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.Facts;

namespace RpiLive;

/// <summary>A model of Raspberry Pi with so much RAM, and how a live image runs on it where one was given. Its text is its name and RAM.</summary>
public sealed class RpiModel
{
    private const int MiB = 1 << 20;

    internal RpiModel(PiModel model, int memory)
    {
        Name = model.Name;
        Memory = (long)memory * MiB;
        Chip = model.Soc.ToString().ToUpperInvariant();
        Kernels = model.Kernels64.Concat(model.Kernels32).ToArray();
    }

    internal RpiModel(ModelFit fit, string image)
        : this(fit.Model, fit.MemoryMiB)
    {
        ImagePath = image;
        Flavour = fit.Flavour;
        Fit = fit.Fit;
        AvailableMemory = (long)fit.AvailableMiB * MiB;
        NeededMemory = (long)fit.NeededMiB * MiB;
        FreeMemory = (long?)fit.FreeMiB * MiB;
    }

    /// <summary>Name of the model, such as <c>Pi 4B</c>.</summary>
    public string Name { get; }

    /// <summary>Bytes of RAM.</summary>
    public long Memory { get; }

    /// <summary>Its chip.</summary>
    public string Chip { get; }

    /// <summary>The kernel files that its firmware looks for, best first.</summary>
    public IReadOnlyList<string> Kernels { get; }

    /// <summary>Full path of the live image; null without one, as all that follows.</summary>
    public string? ImagePath { get; }

    /// <summary>The kernel of the image that it starts; null for none.</summary>
    public string? Flavour { get; }

    /// <summary>How the image runs on it.</summary>
    public MemoryFit? Fit { get; }

    /// <summary>Bytes of RAM that are available when the boot decides.</summary>
    public long? AvailableMemory { get; }

    /// <summary>Bytes that the root takes in RAM, with what must stay available.</summary>
    public long? NeededMemory { get; }

    /// <summary>Bytes that are available once the system has started; null where it does not start.</summary>
    public long? FreeMemory { get; }

    /// <summary>Name and RAM, such as <c>Pi 4B 2 GB</c>.</summary>
    public override string ToString() => $"{Name} {(Memory >= 1 << 30 ? $"{Memory >> 30} GB" : $"{Memory >> 20} MB")}";
}
