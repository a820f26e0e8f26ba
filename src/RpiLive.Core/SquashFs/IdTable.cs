using RpiLive.Core.Errors;

namespace RpiLive.Core.SquashFs;

/// <summary>Users and groups, each stored once; inodes hold an index of 16 bits.</summary>
internal sealed class IdTable(string target)
{
    private readonly Dictionary<uint, ushort> _indexes = [];

    public List<uint> Ids { get; } = [];

    public ushort IndexOf(uint id)
    {
        if (_indexes.TryGetValue(id, out ushort index))
            return index;
        if (Ids.Count == SquashFsFormat.MaxIds)
        {
            throw new ImageException(ErrorIds.TooLarge, ImageErrorKind.Destination,
                $"{target}: the tree has more than {SquashFsFormat.MaxIds:N0} distinct users and groups, the most that SquashFS can hold.",
                "Change the owners of files so that there are fewer.");
        }
        index = (ushort)Ids.Count;
        _indexes.Add(id, index);
        Ids.Add(id);
        return index;
    }
}
