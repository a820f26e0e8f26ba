using System.Text;
using RpiLive.Core.Kernel;
using RpiLive.Core.Kernel.Indexes;
using RpiLive.Core.Tree;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Kernel.Indexes;

/// <summary>A module directory in memory, and depmod's word on what we make of it.</summary>
internal sealed class ModuleDirectory
{
    public const string Release = "6.1.0-50-arm64", Folder = "/lib/modules/" + Release;

    /// <summary>What depmod of kmod 30 makes.</summary>
    public static IReadOnlyList<string> Files { get; } =
    [
        "modules.dep", "modules.dep.bin", "modules.alias", "modules.alias.bin", "modules.softdep", "modules.symbols", "modules.symbols.bin",
        "modules.builtin.bin", "modules.builtin.alias.bin", "modules.devname",
    ];

    public DirectoryNode Root { get; } = new DirectoryNode().With(Folder + "/kernel/readme", "");

    public ModuleDirectory With(string path, ModuleSample module) => With(path, module.Build());

    public ModuleDirectory With(string path, byte[] content)
    {
        Root.With($"{Folder}/{path}", content);
        return this;
    }

    public ModuleDirectory With(string path, string text) => With(path, Encoding.UTF8.GetBytes(text));

    public ModuleTree Make()
    {
        ModuleIndexes.Make(Root, Release, new ToolCodecs(), new Timestamp(1_700_000_000), TestContext.Current.CancellationToken);
        return ModuleTree.Open(Root, Release, new ToolCodecs())!;
    }

    public byte[] Read(string file) => TreePath.FindFile(Root, $"{Folder}/{file}")!.Content.ReadAll();

    public string Text(string file) => Encoding.Latin1.GetString(Read(file));

    /// <summary>Makes the indexes and asks depmod for its own.</summary>
    public void MakeAndCompare()
    {
        Tools.Require("depmod");
        using TemporaryFolder folder = new();
        Write(folder.Path);
        Tools.Run("depmod", "-b", folder.Path, Release);
        Make();
        // Other versions order the nodes of an index otherwise.
        bool equalBytes = Tools.Run("depmod", "--version").StartsWith("kmod version 30\n", StringComparison.Ordinal);
        foreach (string file in Files)
            AssertEqual(file, File.ReadAllBytes(folder[$"lib/modules/{Release}/{file}"]), Read(file), equalBytes);
    }

    /// <summary>Compares texts as they are and indexes by what they hold, or by their bytes too.</summary>
    public static void AssertEqual(string file, byte[] expected, byte[] made, bool equalBytes)
    {
        if (!file.EndsWith(".bin", StringComparison.Ordinal))
        {
            Assert.Equal(Encoding.Latin1.GetString(expected), Encoding.Latin1.GetString(made));
            return;
        }
        Assert.Equal(IndexReader.Read(expected), IndexReader.Read(made));
        if (equalBytes)
            Assert.True(expected.AsSpan().SequenceEqual(made), $"{file}: the bytes differ from {expected.AsSpan().CommonPrefixLength(made)} on");
    }

    public void Write(string path) => Write((DirectoryNode)TreePath.Find(Root, Folder)!, Path.Join(path, Folder));

    private static void Write(DirectoryNode directory, string path)
    {
        Directory.CreateDirectory(path);
        foreach ((FileName name, TreeNode node) in directory.Children)
        {
            string child = Path.Join(path, name.ToString());
            switch (node)
            {
                case DirectoryNode inner: Write(inner, child); break;
                case SymlinkNode link: File.CreateSymbolicLink(child, Encoding.UTF8.GetString(link.Target)); break;
                case FileNode file: File.WriteAllBytes(child, file.Content.ReadAll()); break;
            }
        }
    }
}
