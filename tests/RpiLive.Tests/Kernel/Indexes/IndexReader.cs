using System.Buffers.Binary;
using System.Text;

namespace RpiLive.Tests.Kernel.Indexes;

/// <summary>Reads a .bin index whole, however its nodes lie: versions of kmod put them in different orders.</summary>
internal static class IndexReader
{
    /// <summary>A line for each value: key, priority, value; in the order of keys.</summary>
    public static IReadOnlyList<string> Read(byte[] index)
    {
        List<string> lines = [];
        if (index.Length > 0)
        {
            Assert.Equal((0xB007F457u, 0x00020001u), (Word(index, 0), Word(index, 4)));
            Read(index, Word(index, 8), "", lines);
        }
        return lines;
    }

    private static void Read(byte[] index, uint reference, string key, List<string> lines)
    {
        int position = (int)(reference & 0x0FFFFFFF);
        if ((reference & 0x80000000) != 0)
            key += Text(index, ref position);
        List<(char Character, uint Reference)> children = [];
        if ((reference & 0x20000000) != 0)
        {
            (int first, int last) = (index[position], index[position + 1]);
            position += 2;
            for (int character = first; character <= last; character++, position += 4)
                children.Add(((char)character, Word(index, position)));
        }
        if ((reference & 0x40000000) != 0)
        {
            uint count = Word(index, position);
            position += 4;
            for (; count > 0; count--)
            {
                uint priority = Word(index, position);
                position += 4;
                lines.Add($"{key} {priority} {Text(index, ref position)}");
            }
        }
        foreach ((char character, uint child) in children)
        {
            if (child != 0)
                Read(index, child, key + character, lines);
        }
    }

    private static string Text(byte[] index, ref int position)
    {
        int end = Array.IndexOf(index, (byte)0, position);
        string text = Encoding.Latin1.GetString(index, position, end - position);
        position = end + 1;
        return text;
    }

    private static uint Word(byte[] index, int position) => BinaryPrimitives.ReadUInt32BigEndian(index.AsSpan(position));
}
