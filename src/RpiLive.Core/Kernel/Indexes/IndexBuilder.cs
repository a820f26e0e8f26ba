using System.Buffers.Binary;
using System.Text;

namespace RpiLive.Core.Kernel.Indexes;

/// <summary>
/// Makes a .bin index as kmod reads it: a radix tree of 7-bit characters, all numbers big-endian. A head of three words (magic,
/// version 2.1, reference of the root), then nodes, each after its children. A reference is an offset in the file, whose top
/// bits say which parts the node has, in this order: the prefix, ended by zero; the first and the last character of its children
/// and a reference for each character between, 0 for none; the number of values, and each as a word of priority and a text ended
/// by zero. (Read off the files that depmod makes; libkmod's reader has the same.)
/// </summary>
internal sealed class IndexBuilder
{
    private const uint Magic = 0xB007F457, Version = 0x00020001;
    private const uint HasPrefix = 0x80000000, HasValues = 0x40000000, HasChildren = 0x20000000;
    private const int HeadLength = 12;

    private readonly List<IndexEntry> _entries = [];

    /// <summary>Adds a value.</summary>
    public void Add(string key, string value, int priority = 0) => _entries.Add(new IndexEntry(key, value, priority));

    /// <summary>The bytes of the index; null when there are more than <paramref name="limit"/>.</summary>
    /// <param name="limit">At most 2^28 - 1, as references have 28 bits for an offset.</param>
    public byte[]? Build(int limit)
    {
        // Values of one key and priority: the last one first.
        IndexEntry[] entries = [.. Enumerable.Reverse(_entries).OrderBy(entry => entry.Key, StringComparer.Ordinal).ThenBy(entry => entry.Priority)];
        MemoryStream file = new();
        file.Write(new byte[HeadLength]);
        Stack<IndexNode> path = new([Node(entries, 0, entries.Length, 0, isRoot: true)]);
        uint root = 0;
        while (path.TryPeek(out IndexNode? node))
        {
            if (node.Next < node.End)
            {
                int start = node.Next;
                char character = entries[start].Key[node.PrefixEnd];
                while (node.Next < node.End && entries[node.Next].Key[node.PrefixEnd] == character)
                    node.Next++;
                path.Push(Node(entries, start, node.Next, node.PrefixEnd + 1, isRoot: false));
                continue;
            }
            root = Write(file, node, entries);
            if (file.Length > limit)
                return null;
            path.Pop();
            if (path.TryPeek(out IndexNode? parent))
                parent.Children.Add((entries[node.First].Key[node.Start - 1], root));
        }
        byte[] bytes = file.ToArray();
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), Version);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), root);
        return bytes;
    }

    /// <summary>The root alone has no prefix, whatever its keys share.</summary>
    private static IndexNode Node(IndexEntry[] entries, int first, int end, int start, bool isRoot)
    {
        int prefix = isRoot ? 0 : entries[first].Key.AsSpan(start).CommonPrefixLength(entries[end - 1].Key.AsSpan(start));
        IndexNode node = new(first, end, start, start + prefix);
        while (node.Next < end && entries[node.Next].Key.Length == node.PrefixEnd)
            node.Next++;
        node.ValuesEnd = node.Next;
        return node;
    }

    private static uint Write(MemoryStream file, IndexNode node, IndexEntry[] entries)
    {
        uint reference = (uint)file.Length;
        if (node.PrefixEnd > node.Start)
        {
            reference |= HasPrefix;
            Write(file, entries[node.First].Key[node.Start..node.PrefixEnd]);
        }
        if (node.Children.Count > 0)
        {
            reference |= HasChildren;
            char first = node.Children[0].Character, last = node.Children[^1].Character;
            file.WriteByte((byte)first);
            file.WriteByte((byte)last);
            uint[] references = new uint[last - first + 1];
            foreach ((char character, uint child) in node.Children)
                references[character - first] = child;
            foreach (uint child in references)
                Write(file, child);
        }
        if (node.ValuesEnd > node.First)
        {
            reference |= HasValues;
            Write(file, (uint)(node.ValuesEnd - node.First));
            foreach (IndexEntry entry in entries.AsSpan(node.First, node.ValuesEnd - node.First))
            {
                Write(file, (uint)entry.Priority);
                Write(file, entry.Value);
            }
        }
        return reference;
    }

    private static void Write(MemoryStream file, string text)
    {
        file.Write(Encoding.Latin1.GetBytes(text));
        file.WriteByte(0);
    }

    private static void Write(MemoryStream file, uint word)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, word);
        file.Write(bytes);
    }
}
