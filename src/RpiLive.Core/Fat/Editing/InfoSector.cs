using System.Buffers.Binary;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Fat.Editing;

/// <summary>
/// The count of free clusters on disk (FSInfo). It is right or says that it is not known; never a number that was right once.
/// Volumes may do without the sector.
/// </summary>
internal sealed class InfoSector
{
    private readonly RandomAccessTarget _target;
    private readonly long _offset;
    private readonly byte[] _sector = new byte[Fat32Layout.SectorSize];
    private readonly bool _exists;

    /// <summary>Reads the sector.</summary>
    public InfoSector(RandomAccessSource volume, RandomAccessTarget target, FatBootSector boot)
    {
        _target = target;
        _offset = boot.InfoOffset;
        if (_offset == 0)
            return;
        volume.ReadExactly(_offset, _sector);
        _exists = BinaryPrimitives.ReadUInt32LittleEndian(_sector) == Fat32Info.LeadSignature
            && BinaryPrimitives.ReadUInt32LittleEndian(_sector.AsSpan(Fat32Info.StructureOffset)) == Fat32Info.StructureSignature;
    }

    /// <summary>True when the sector says something else than that number.</summary>
    public bool Differs(uint free) => _exists && Stored != free;

    /// <summary>
    /// Says that the number is not known, nor where free clusters lie; it is to be on the disk before the number changes.
    /// </summary>
    public void Forget()
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_sector.AsSpan(Fat32Info.HintOffset), Fat32Info.Unknown);
        Write(Fat32Info.Unknown);
    }

    /// <summary>Stores the number, once the change is on the disk.</summary>
    public void Store(uint free) => Write(free);

    private uint Stored
    {
        get => BinaryPrimitives.ReadUInt32LittleEndian(_sector.AsSpan(Fat32Info.FreeOffset));
        set => BinaryPrimitives.WriteUInt32LittleEndian(_sector.AsSpan(Fat32Info.FreeOffset), value);
    }

    private void Write(uint free)
    {
        if (!Differs(free))
            return;
        Stored = free;
        _target.Write(_offset, _sector);
    }
}
