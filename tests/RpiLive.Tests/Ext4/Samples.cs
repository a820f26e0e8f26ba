using RpiLive.Core.Ext4;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Ext4;

/// <summary>Trees and images that e2fsprogs and the kernel make.</summary>
internal static class Samples
{
    /// <summary>Puts one of everything that a Linux file system holds into a directory of the host.</summary>
    public const string Everything = """
        cd "$1"
        mkdir -p etc usr/bin deep lost+found odd many
        printf '' > etc/empty; printf x > etc/one
        for n in 59 60 61 100 159 160 161 200 1023 1024 1025 4095 4096 4097 65535 65536 65537; do head -c $n /dev/urandom | tr '\000' '\001' > usr/bin/f$n; done
        head -c 3000001 /dev/urandom > usr/big
        truncate -s 5000000 odd/allhole
        truncate -s 9000000 odd/sparse
        for at in 0 3 17 18 19 300 1100 2100; do head -c 4096 /dev/urandom | dd of=odd/sparse bs=4096 seek=$at conv=notrunc status=none; done
        ln usr/big usr/big.link; ln etc/one odd/one.link; ln usr/big etc/big.link
        ln -s x odd/l1
        for n in 59 60 61 100 500 1000; do ln -s "$(head -c $n /dev/zero | tr '\0' t)" odd/l$n; done
        mknod odd/tty c 5 1; mknod odd/new b 259 300000; mknod odd/big c 300 7; mknod odd/null c 0 0; mkfifo odd/fifo
        python3 -c 'import socket,sys; socket.socket(socket.AF_UNIX).bind("odd/socket")'
        touch "odd/$(printf 'new\nline')" "odd/$(printf '\377\376 latin')" 'odd/日本語' "odd/$(head -c 255 /dev/zero | tr '\0' n)"
        chmod 4755 usr/bin/f59; chmod 2711 usr/bin/f60; chmod 1777 deep; chmod 0 etc/one
        chown 100000:70000 usr/bin/f61; chown 1000:1000 odd/fifo; chown -h 4294967293:12345678 odd/l60
        for i in $(seq 1 400); do echo $i > many/a-file-with-a-rather-long-name-$i; done
        d=deep; for i in $(seq 1 40); do d=$d/d$i; mkdir $d; done; echo bottom > $d/bottom
        """;

    /// <summary>Attributes; apart, because not every file system has room for all of them.</summary>
    public const string Attributes = """
        cd "$1"
        setfattr -n user.short -v hello etc/one
        setfattr -n user.empty etc/one
        setfattr -n user.long -v "$(head -c 400 /dev/zero | tr '\0' v)" usr/bin/f100
        setfattr -n trusted.t -v 0x00ff00 usr/bin/f100
        setfattr -n security.capability -v 0x0100000200040000000000000000000000000000 usr/bin/f1024
        setfattr -h -n trusted.onlink -v y odd/l100
        setfattr -n user.dir -v d deep
        setfacl -m u:1234:rwx,g:70000:r etc/empty
        setfacl -m d:u:1234:rwx,d:o::- deep
        """;

    /// <summary>Values that need an inode of their own, one of them shared.</summary>
    public const string LargeAttributes = """
        cd "$1"
        for f in usr/bin/f160 usr/bin/f161; do setfattr -n user.large -v "$(head -c 20000 /dev/zero | tr '\0' L)" $f; done
        setfattr -n user.other -v "$(head -c 60000 /dev/zero | tr '\0' M)" usr/bin/f160
        setfattr -n user.åäö -v 1 usr/bin/f160
        """;

    /// <summary>Times out of the ordinary, given in whole seconds as mke2fs copies them.</summary>
    public const string Seconds = """
        cd "$1"
        touch -d @0 usr/bin/f1023; touch -d @1700000000 etc/one; touch -h -d @1600000001 odd/l1
        find . -exec touch -h -d @1600000000 {} +
        touch -d @1500000000 etc; touch -d @2147483647 usr
        """;

    /// <summary>Times that need large inodes.</summary>
    public const string Nanoseconds = """
        cd "$1"
        touch -d '1901-12-14 00:00:00.123456789Z' etc/empty; touch -d '1969-12-31 23:59:59.999999999Z' etc/one
        touch -d '2038-01-19 03:14:08.5Z' usr/bin/f59; touch -d '2106-02-07 06:28:16.000000001Z' usr/bin/f60
        touch -d '2446-05-10 22:38:55.999999999Z' usr/bin/f61; touch -d '2300-01-01Z' usr/bin/f100
        """;

    /// <summary>Things that only a mounted file system can make: unwritten extents, punched holes, shrunk files.</summary>
    public const string Allocation = """
        cd "$1"
        head -c 300000 /dev/urandom > odd/mix
        fallocate -o 300000 -l 2000000 odd/mix
        fallocate -p -o 65536 -l 65536 odd/mix
        printf middle | dd of=odd/mix bs=1 seek=1000000 conv=notrunc status=none
        fallocate -l 1000000 odd/unwritten
        python3 -c "f = open('odd/scattered', 'wb', 0); [(f.seek(i * 8192), f.write(b'%06d' % i)) for i in range(1500)]"
        printf short > odd/keep; fallocate -n -l 1000000 odd/keep
        """;

    /// <summary>Transactions that free metadata blocks and use them again as data, long enough for a small log to go round.</summary>
    public const string Churn = """
        cd "$1"
        sync
        for round in 1 2 3 4 5 6; do
            mkdir churn; for i in $(seq 1 60); do mkdir churn/d$i; echo $round.$i > churn/d$i/f; done; sync
            rm -r churn; sync -f .
            head -c 400000 /dev/urandom > odd/churned.$round; sync odd/churned.$round
        done
        printf '\300\073\071\230 looks like a journal block' > odd/magic
        printf '\300\073\071\230' | dd of=odd/churned.3 bs=4096 seek=3 conv=notrunc status=none
        rm etc/empty; mv usr/big usr/bigger; ln usr/bigger odd/again; chmod 600 etc/one; setfattr -n user.late -v 1 usr/bin/f59
        sync
        """;

    /// <summary>Runs a script with a directory as its argument.</summary>
    public static void Fill(string directory, params ReadOnlySpan<string> scripts)
    {
        Tools.Require("setfattr", "setfacl", "python3");
        foreach (string script in scripts)
            Tools.Run("sh", "-euc", script, "sh", directory);
    }

    /// <summary>Makes an image with mke2fs.</summary>
    /// <param name="path">The file.</param>
    /// <param name="size">Its size as mke2fs reads it.</param>
    /// <param name="options">Options of mke2fs.</param>
    /// <param name="content">A directory of the host to fill it from; null for none.</param>
    public static void Make(string path, string size, string options, string? content = null)
    {
        Tools.Require("mke2fs");
        List<string> arguments = ["-q", "-F", "-E", "hash_seed=01234567-89ab-4cde-8f01-23456789abcd", "-U", "3e6be9de-8139-11d1-9106-a43f08d823a6", "-L", "räksmörgås"];
        arguments.AddRange(options.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        if (content is not null)
            arguments.AddRange(["-d", content]);
        arguments.AddRange([path, size]);
        Tools.Run("mke2fs", [.. arguments]);
    }

    /// <summary>Opens an image and reads its tree.</summary>
    public static (Ext4Volume Volume, DirectoryNode Root) Read(RandomAccessSource source)
    {
        Ext4Volume volume = Ext4Volume.Open(source);
        return (volume, volume.ReadTree());
    }
}
