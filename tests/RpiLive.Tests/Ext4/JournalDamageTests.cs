using System.Buffers.Binary;
using System.Globalization;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Ext4;

public sealed class JournalDamageTests
{
    private const int DefaultSeeds = 10;
    private const int BlockSize = 1024;
    private const uint Magic = 0xC03B3998;

    [Theory]
    [InlineData("-t ext4 -b 1024 -J size=1", "")]
    [InlineData("-t ext4 -b 1024 -J size=1", "journal_async_commit,data=writeback")]
    [InlineData("-t ext4 -b 1024 -J size=1 -O ^metadata_csum", "journal_checksum")]
    [InlineData("-t ext4 -b 1024 -J size=1 -O ^metadata_csum", "journal_async_commit,data=writeback")]
    public void A_damaged_journal_is_replayed_or_refused_as_the_kernel_does(string format, string mountOptions)
    {
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        Samples.Make(folder["image"], "8M", format);
        using (LoopMount mount = new(folder["image"], "ext4", "rw,commit=300," + mountOptions))
        {
            Tools.Run("sh", "-euc", """
                cd "$1"; mkdir a b; sync; for i in 1 2 3 4 5 6; do mkdir a/$i; echo $i > a/$i/f; sync; done; rm -r a/1 a/2; sync
                for i in 1 2 3 4 5 6; do head -c 5000 /dev/zero > b/$i; sync; done; cp "$2" "$3"
                """, "sh", mount.Path, folder["image"], folder["dirty"]);
        }
        byte[] image = File.ReadAllBytes(folder["dirty"]);
        int[] log = [.. Enumerable.Range(0, image.Length / BlockSize).Where(block => BinaryPrimitives.ReadUInt32BigEndian(image.AsSpan(block * BlockSize)) == Magic)];
        int seeds = int.Parse(Environment.GetEnvironmentVariable("RPILIVE_JOURNAL_SEEDS") ?? $"{DefaultSeeds}", CultureInfo.InvariantCulture);
        int same = 0, refused = 0;
        for (int seed = 0; seed < seeds; seed++)
        {
            byte[] damaged = [.. image];
            Random random = new(seed);
            int block = log[random.Next(log.Length)] + (random.Next(3) == 0 ? random.Next(1, 4) : 0);
            Span<byte> bytes = damaged.AsSpan(block * BlockSize, BlockSize);
            switch (random.Next(4))
            {
                case 0: bytes.Clear(); break;
                case 1: bytes[CommitTimeOrChecksum(random)] ^= 0x40; break;
                case 2: image.AsSpan(log[random.Next(log.Length)] * BlockSize, BlockSize).CopyTo(bytes); break;
                default: bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8)); break;
            }
            File.WriteAllBytes(folder["damaged"], damaged);
            IReadOnlyList<string>? theirs = ReadByKernel(folder["damaged"]);
            IReadOnlyList<string>? ours = ReadByUs(damaged, out string error);
            if (theirs is null)
            {
                Assert.True(ours is null, $"Seed {seed}: the kernel does not mount it, but we read it.");
                refused++;
                continue;
            }
            Assert.True(ours is not null, $"Seed {seed}: the kernel mounts it, but we say: {error}");
            MountedTree.AssertSame(theirs, ours);
            same++;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{same} alike, {refused} refused by both.");
    }

    private static int CommitTimeOrChecksum(Random random) => random.Next(2) == 0 ? 55 : 16;

    private static IReadOnlyList<string>? ReadByKernel(string image)
    {
        string mountPoint = Directory.CreateTempSubdirectory("rpilive-mount-").FullName;
        try
        {
            if (Tools.TryRun("mount", "-t", "ext4", "-o", "loop,errors=continue", image, mountPoint).ExitCode != 0)
                return null;
            try
            {
                return MountedTree.Describe(mountPoint);
            }
            finally
            {
                Tools.Run("umount", mountPoint);
            }
        }
        finally
        {
            Directory.Delete(mountPoint);
        }
    }

    private static IReadOnlyList<string>? ReadByUs(byte[] image, out string error)
    {
        error = "";
        try
        {
            return MountedTree.Describe(Samples.Read(new MemorySource(image, "image")).Root);
        }
        catch (ImageException e)
        {
            error = e.Message;
            return null;
        }
    }
}
