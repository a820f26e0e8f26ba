using RpiLive.Core.Errors;
using RpiLive.Core.Imaging.Initramfs;

namespace RpiLive.Tests.Boot;

/// <summary>Swap on zram as /init sets it up.</summary>
public sealed class ZramTests
{
    /// <summary>A zram that takes what Linux 6.1 takes, a busybox that swaps on with a priority where it is told so, and notes of all calls.</summary>
    private const string Fakes = """
        modprobe() { echo "modprobe $*" >>"$STATE/calls"; }
        mkswap() { echo "mkswap ${1##*/}" >>"$STATE/calls"; }
        swapon() { if [ "$1" = -p ] && [ -e "$STATE/old" ]; then return 1; fi; echo "swapon ${*%%/*}${*##*/}" >>"$STATE/calls"; listed "${*##*/}"; }
        listed() { [ -e "$STATE/refused" ] || echo "/dev/$1 partition 1 0 100" >"$PROC/swaps"; }
        mount() { :; }
        umount() { :; }
        chroot() { shift; echo "chroot $*" >>"$STATE/calls"; [ ! -e "$STATE/none" ] && listed "${*##*/}"; }
        write_value() { {
            case $1 in
                */comp_algorithm) case $2 in lz4 | zstd) printf 'lzo [%s]\n' "$2" >"$1" ;; lzo-rle) echo lzo-rle >"$1" ;; *) return 1 ;; esac ;;
                */disksize) { [ ! -e "$STATE/lost" ] || [ "$zram_algorithm" = lzo-rle ] || [ "$(cat "${1%/*}/comp_algorithm")" = lzo-rle ]; } && printf '%s\n' "$2" >"$1" ;;
                */swappiness) [ "$2" -le "$(cat "$STATE/most")" ] && printf '%s\n' "$2" >"$1" ;;
                *) printf '%s\n' "$2" >"$1" ;;
            esac
        } 2>/dev/null; }

        """;

    [Fact]
    public void A_device_is_made_as_the_settings_say()
    {
        using BootShell shell = Shell();
        Assert.Equal("Active zram0 300000 zstd\n", Run(shell, "zram=30%\nzram.algorithm=zstd\nzram.priority=77\nzram.limit=64\nzram.swappiness=120\nzram.watermarkscale=200\n"));
        Assert.Equal(["modprobe -q zram", "modprobe -q zstd", "mkswap zram0", "swapon -p 77 zram0"], Calls(shell));
        Assert.Equal(["307200000", "67108864", "120", "0", "0", "200"],
            ((string[])["sys/block/zram0/disksize", "sys/block/zram0/mem_limit", "proc/sys/vm/swappiness", "proc/sys/vm/page-cluster", "proc/sys/vm/watermark_boost_factor",
                "proc/sys/vm/watermark_scale_factor"]).Select(path => File.ReadAllText(shell[path]).TrimEnd()));
        Assert.Equal("vm.swappiness=120\nvm.page-cluster=0\nvm.watermark_boost_factor=0\nvm.watermark_scale_factor=200\n", File.ReadAllText(shell["run/sysctl.d/zzz-rpilive.conf"]));
        Assert.False(File.Exists(shell["run/rpilive/warnings"]));
    }

    [Fact]
    public void Without_the_setting_nothing_is_touched()
    {
        using BootShell shell = Shell();
        Assert.Equal("Off  0 \n", Run(shell, "zram.algorithm=zstd\n"));
        Assert.Empty(Calls(shell));
        Assert.Equal("Off  0 \n", Run(shell, "zram=50%\nzram=off\n"));
    }

    [Fact]
    public void A_busybox_without_priorities_has_the_root_swap_on()
    {
        using BootShell shell = Shell();
        shell.Write("run/rpilive/old", "");
        Assert.StartsWith("Active", Run(shell, "zram=50%\n"), StringComparison.Ordinal);
        Assert.Equal("chroot /sbin/swapon -p 100 /dev/zram0", Calls(shell)[^1]);
        shell.Write("run/rpilive/none", "");
        shell.Write("sys/block/zram0/disksize", "0\n");
        Assert.StartsWith("Active", Run(shell, "zram=50%\n"), StringComparison.Ordinal);
        Assert.Equal("swapon zram0", Calls(shell)[^1]);
        Assert.Contains("has the kernel's priority, not 100", File.ReadAllText(shell["run/rpilive/warnings"]), StringComparison.Ordinal);
    }

    [Fact]
    public void An_algorithm_that_the_kernel_lacks_is_named_and_another_one_taken()
    {
        using BootShell shell = Shell();
        Assert.Equal("Active zram0 500000 lzo-rle\n", Run(shell, "zram=50%\nzram.algorithm=deflate\n"));
        Assert.Contains("does not know deflate, so it compresses with lzo-rle", File.ReadAllText(shell["run/rpilive/warnings"]), StringComparison.Ordinal);
    }

    [Fact]
    public void An_algorithm_that_does_not_start_gives_way_to_the_kernels()
    {
        using BootShell shell = Shell();
        shell.Write("run/rpilive/lost", "");
        Assert.Equal("Active zram0 500000 lzo-rle\n", Run(shell, "zram=50%\nzram.algorithm=zstd\n"));
        Assert.Contains("cannot start zstd, so it compresses with lzo-rle", File.ReadAllText(shell["run/rpilive/warnings"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_swap_that_the_kernel_does_not_list_is_none_and_gives_its_memory_back()
    {
        using BootShell shell = Shell();
        shell.Write("run/rpilive/refused", "");
        Assert.Equal("Failed  0 \n", Run(shell, "zram=50%\n"));
        Assert.Equal("1\n", File.ReadAllText(shell["sys/block/zram0/reset"]));
        Assert.Contains("does not list zram0 among its swaps", File.ReadAllText(shell["run/rpilive/warnings"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_swap_the_kernel_is_told_to_end_a_program_rather_than_to_thrash()
    {
        using BootShell shell = Shell();
        Directory.CreateDirectory(shell["sys/kernel/mm/lru_gen"]);
        shell.Run("zram_state=Active\nend_thrashing");
        Assert.Empty(Directory.GetFiles(shell["sys/kernel/mm/lru_gen"]));
        shell.Run("end_thrashing");
        Assert.Equal(("y\n", "1000\n"), (File.ReadAllText(shell["sys/kernel/mm/lru_gen/enabled"]), File.ReadAllText(shell["sys/kernel/mm/lru_gen/min_ttl_ms"])));
        Directory.Delete(shell["sys/kernel/mm/lru_gen"], recursive: true);
        shell.Run("end_thrashing");
    }

    [Fact]
    public void A_kernel_without_zram_starts_without_and_says_so()
    {
        using BootShell shell = new();
        Assert.Equal("Failed  0 \n", Run(shell, "zram=50%\n"));
        Assert.Contains("there is no swap on zram: kernel", File.ReadAllText(shell["run/rpilive/warnings"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_in_use_is_left_alone_and_another_one_added()
    {
        using BootShell shell = Shell();
        shell.Write("sys/block/zram0/disksize", "4096\n");
        shell.Write("sys/class/zram-control/hot_add", "7\n");
        shell.Write("sys/block/zram7/comp_algorithm", "[lzo-rle] lzo\n");
        Assert.Equal("Active zram7 500000 lzo-rle\n", Run(shell, "zram=50%\n"));
        Assert.Equal("4096\n", File.ReadAllText(shell["sys/block/zram0/disksize"]));
    }

    [Fact]
    public void A_kernel_that_knows_no_swappiness_over_100_gets_100()
    {
        using BootShell shell = Shell();
        shell.Write("run/rpilive/most", "100\n");
        Run(shell, "zram=50%\n");
        Assert.Equal("100\n", File.ReadAllText(shell["proc/sys/vm/swappiness"]));
        Assert.Contains("vm.swappiness=100\n", File.ReadAllText(shell["run/sysctl.d/zzz-rpilive.conf"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("zram=0%")]
    [InlineData("zram=401%")]
    [InlineData("zram=7")]
    [InlineData("zram=on")]
    [InlineData("zram=$(touch OWNED)")]
    [InlineData("zram.algorithm=../zstd")]
    [InlineData("zram.algorithm=")]
    [InlineData("zram.priority=32768")]
    [InlineData("zram.priority=-2")]
    [InlineData("zram.limit=101%")]
    [InlineData("zram.swappiness=201")]
    [InlineData("zram.pagecluster=11")]
    [InlineData("zram.watermarkboost=150001")]
    [InlineData("zram.watermarkscale=0")]
    [InlineData("upper.inodes=999")]
    [InlineData("lowmemory=ram")]
    public void What_is_not_allowed_is_a_warning_here_and_an_error_in_the_engine(string line)
    {
        using BootShell shell = Shell();
        shell.Write("conf", line + "\n");
        shell.Run($"cd '{shell["run"]}'\nread_options '{shell["conf"]}'\nset | sed -n '/^opt_/p' >after\ndefault_options\nset | sed -n '/^opt_/p' >before");
        Assert.Equal(File.ReadAllText(shell["run/before"]), File.ReadAllText(shell["run/after"]));
        Assert.StartsWith("live/rpilive.conf: ", File.ReadAllText(shell["run/rpilive/warnings"]), StringComparison.Ordinal);
        Assert.False(File.Exists(shell["run/OWNED"]));
        Assert.Equal("CorruptSettings", Assert.Throws<ImageException>(() => LiveSettings.Parse(line, "conf")).ErrorId);
    }

    [Fact]
    public void What_the_engine_writes_is_what_init_reads()
    {
        Random random = new(5);
        using BootShell shell = Shell();
        for (int i = 0; i < 40; i++)
        {
            ZramSettings zram = new()
            {
                Size = random.Next(2) == 0 ? new(random.Next(1, 401), true) : new(random.Next(8, 1 << 20), false),
                Algorithm = random.Next(2) == 0 ? null : "lzo-rle",
                Priority = random.Next(-1, 32768),
                Limit = random.Next(3) switch { 0 => null, 1 => new(random.Next(1, 101), true), _ => new(random.Next(8, 1 << 20), false) },
                Swappiness = random.Next(201),
                PageCluster = random.Next(11),
                WatermarkBoost = random.Next(150_001),
                WatermarkScale = random.Next(1, 3001),
            };
            LiveSettings settings = new() { Zram = zram, UpperInodes = random.Next(1000, 2_000_000), OnLowMemory = (OnLowMemory)random.Next(2) };
            Assert.Equal(zram, LiveSettings.Parse(settings.Format(), "conf").Zram);
            shell.Write("conf", settings.Format());
            Assert.Equal(
                $"{zram.Size} {zram.Algorithm} {zram.Priority} {zram.Limit} {zram.Swappiness} {zram.PageCluster} {zram.WatermarkBoost} {zram.WatermarkScale} {settings.UpperInodes} "
                    + settings.OnLowMemory.ToString().ToLowerInvariant(),
                shell.Run($"read_options '{shell["conf"]}'\nprintf %s \"$opt_zram $opt_zram_algorithm $opt_zram_priority $opt_zram_limit $opt_zram_swappiness $opt_zram_pagecluster "
                    + "$opt_zram_watermarkboost $opt_zram_watermarkscale $opt_upper_inodes $opt_lowmemory\""));
        }
        Assert.False(File.Exists(shell["run/rpilive/warnings"]));
    }

    private static BootShell Shell()
    {
        BootShell shell = new();
        shell.Write("sys/block/zram0/disksize", "0\n");
        shell.Write("sys/block/zram0/comp_algorithm", "lzo [lzo-rle] lz4\n");
        Directory.CreateDirectory(shell["proc/sys/vm"]);
        shell.Write("run/rpilive/most", "200\n");
        shell.Write("proc/swaps", "Filename Type Size Used Priority\n");
        Directory.CreateDirectory(shell["root/dev"]);
        return shell;
    }

    private static string Run(BootShell shell, string settings)
    {
        shell.Write("conf", settings);
        return shell.Run(Fakes + $"read_options '{shell["conf"]}'\nsetup_zram\necho \"$zram_state $zram_device $zram_kib $zram_algorithm\"");
    }

    private static string[] Calls(BootShell shell) => File.Exists(shell["run/rpilive/calls"]) ? File.ReadAllLines(shell["run/rpilive/calls"]) : [];
}
