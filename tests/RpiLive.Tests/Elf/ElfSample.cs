using System.Buffers.Binary;
using System.Text;
using RpiLive.Core.Elf;

namespace RpiLive.Tests.Elf;

/// <summary>Makes small ELF files: one load segment over the whole file, at the address that equals the offset.</summary>
internal sealed record ElfSample
{
    public bool Is64Bit { get; init; } = true;

    public ElfMachine Machine { get; init; } = ElfMachine.Arm64;

    public ElfType Type { get; init; } = ElfType.Shared;

    public string? Interpreter { get; init; }

    public IReadOnlyList<string> Needed { get; init; } = [];

    public string? RunPath { get; init; }

    public string? RPath { get; init; }

    public IReadOnlyList<(string Name, byte[] Content)> Sections { get; init; } = [];

    public byte[] Build()
    {
        int header = Is64Bit ? 64 : 52, segment = Is64Bit ? 56 : 32, section = Is64Bit ? 64 : 40;
        int segments = 2 + (Interpreter is null ? 0 : 1);
        MemoryStream body = new();
        int start = header + (segments * segment);
        int Append(byte[] bytes)
        {
            body.Write(new byte[-body.Length & 7]);
            int offset = start + (int)body.Length;
            body.Write(bytes);
            return offset;
        }

        start = (start + 7) & ~7;
        byte[] interpreter = Zero(Interpreter ?? "");
        int interpreterOffset = Append(interpreter);
        StringBuilder strings = new("\0");
        List<(ulong Tag, ulong Value)> dynamic = [];
        foreach ((ulong tag, string? text) in Needed.Select(name => (1UL, (string?)name)).Append((29UL, RunPath)).Append((15UL, RPath)))
        {
            if (text is null)
                continue;
            dynamic.Add((tag, (ulong)strings.Length));
            strings.Append(text).Append('\0');
        }
        byte[] stringBytes = Encoding.ASCII.GetBytes(strings.ToString());
        int stringOffset = Append(stringBytes);
        dynamic.AddRange([(5, (ulong)stringOffset), (10, (ulong)stringBytes.Length), (0, 0)]);
        byte[] dynamicBytes = new byte[dynamic.Count * (Is64Bit ? 16 : 8)];
        for (int i = 0; i < dynamic.Count; i++)
            Put(dynamicBytes, i * (Is64Bit ? 16 : 8), dynamic[i].Tag, dynamic[i].Value);
        int dynamicOffset = Append(dynamicBytes);

        List<(string Name, byte[] Content)> all = [.. Sections, (".shstrtab", [])];
        byte[] names = Encoding.ASCII.GetBytes("\0" + string.Concat(all.Select(item => item.Name + "\0")));
        all[^1] = (".shstrtab", names);
        List<int> offsets = [.. all.Select(item => Append(item.Content))];
        int sectionTable = Append(new byte[(all.Count + 1) * section]);

        byte[] file = [.. new byte[start], .. body.ToArray()];
        "\u007FELF"u8.CopyTo(file);
        file[4] = (byte)(Is64Bit ? 2 : 1);
        file[5] = file[6] = 1;
        Put16(16, (int)Type);
        Put16(18, (int)Machine);
        Put32(20, 1);
        Put(file, Is64Bit ? 32 : 28, (ulong)header, (ulong)sectionTable);
        int tail = Is64Bit ? 52 : 40;
        foreach (int value in (int[])[header, segment, segments, section, all.Count + 1, all.Count])
        {
            Put16(tail, value);
            tail += 2;
        }

        int position = header;
        Segment(1, 0, file.Length);
        Segment(2, dynamicOffset, dynamicBytes.Length);
        if (Interpreter is not null)
            Segment(3, interpreterOffset, interpreter.Length);
        int name = 1;
        for (int i = 0; i < all.Count; i++)
        {
            int entry = sectionTable + ((i + 1) * section);
            Put32(entry, name);
            Put32(entry + 4, all[i].Name == ".shstrtab" ? 3 : 1);
            Put(file, entry + (Is64Bit ? 24 : 16), (ulong)offsets[i], (ulong)all[i].Content.Length);
            name += all[i].Name.Length + 1;
        }
        return file;

        void Segment(int type, int offset, int length)
        {
            Put32(position, type);
            if (Is64Bit)
            {
                Put(file, position + 8, (ulong)offset, (ulong)offset);
                Put(file, position + 32, (ulong)length, (ulong)length);
            }
            else
            {
                Put(file, position + 4, (ulong)offset, (ulong)offset);
                Put(file, position + 16, (ulong)length, (ulong)length);
            }
            position += segment;
        }

        void Put16(int offset, int value) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(offset), (ushort)value);
        void Put32(int offset, int value) => BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(offset), value);
    }

    private static byte[] Zero(string text) => Encoding.ASCII.GetBytes(text + "\0");

    /// <summary>Two words of the file's own width.</summary>
    private void Put(byte[] bytes, int offset, ulong first, ulong second)
    {
        if (Is64Bit)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(offset), first);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(offset + 8), second);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(offset), (uint)first);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(offset + 4), (uint)second);
        }
    }
}
