using System.Diagnostics;
using System.Management.Automation;
using RpiLive.Core.Errors;
using RpiLive.Core.Imaging;

namespace RpiLive.Tests.Module;

public sealed class NewRpiLiveImageTests : IDisposable
{
    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Parameters_reach_the_engine()
    {
        string source = _session.File("stock.img");
        string busyBox = _session.File("busybox");
        ModuleResult result = _session.Run("""
            New-FakeImage stock.img live.img -RootMode Ram -Compression Gzip -CompressionLevel 7 -BlockSize 1MB -BusyBoxPath busybox -ScratchPath . -ThrottleLimit 3 -Force
            """);
        Assert.Empty(result.Errors);
        Assert.Equal(
            new LiveImageOptions
            {
                SourcePath = source,
                DestinationPath = Path.Join(_session.Folder, "live.img"),
                ScratchFolder = _session.Folder,
                RootMode = RootMode.Ram,
                Compression = RootCompression.Gzip,
                CompressionLevel = 7,
                BlockSize = 1 << 20,
                BusyBoxPath = busyBox,
                Threads = 3,
                Overwrite = true,
            },
            _session.Builds.Single());
    }

    [Fact]
    public void Without_parameters_the_defaults_of_the_engine_hold()
    {
        string source = _session.File("stock.img");
        _session.Run("New-FakeImage stock.img live.img");
        Assert.Equal(new LiveImageOptions { SourcePath = source, DestinationPath = Path.Join(_session.Folder, "live.img") }, _session.Builds.Single());
    }

    [Fact]
    public void The_image_is_emitted_with_its_facts_and_the_notes_of_a_file()
    {
        _session.File("stock.img");
        PSObject output = _session.Run("New-FakeImage stock.img live.img").Output.Single();
        RpiLiveImage image = Assert.IsType<RpiLiveImage>(output.BaseObject);
        Assert.Equal("live.img", image.Name);
        Assert.Equal(["v8", "2712"], image.Flavours.Select(flavour => flavour.ToString()));
        Assert.Equal(["Pi 3", "Pi 4", "Pi 5"], image.Models);
        Assert.Equal("fstab", image.Edits.Single().ToString());
        Assert.Equal(Path.Join(_session.Folder, "live.img"), image.ToString());
        Assert.Equal(@"Microsoft.PowerShell.Core\FileSystem::" + image.Path, output.Properties["PSPath"].Value);
    }

    [Fact]
    public void Warnings_of_the_engine_are_warnings_of_the_cmdlet()
    {
        _session.File("stock.img");
        Assert.Equal(["live.img: ACLs of 3 files are not kept."], _session.Run("New-FakeImage stock.img live.img").Warnings);
    }

    [Fact]
    public void Verbose_tells_the_steps_and_the_edits()
    {
        _session.File("stock.img");
        IReadOnlyList<string> verbose = _session.Run("New-FakeImage stock.img live.img -Verbose -Confirm:$false").Verbose;
        Assert.Contains("Reading the stock image.", verbose);
        Assert.Contains("Compressing the root.", verbose);
        Assert.Contains(verbose, line => line.StartsWith("Compressing the root took ", StringComparison.Ordinal));
        Assert.Contains("Edit fstab: The root is an overlay.", verbose);
        Assert.Contains("Root: 1.95 GiB became 600 MiB (zstd, blocks of 128 KiB); it needs 900 MiB of RAM.", verbose);
    }

    [Fact]
    public void What_if_builds_nothing_and_makes_no_folder()
    {
        _session.File("stock.img");
        ModuleResult result = _session.Run("New-FakeImage stock.img live.img -WhatIf; New-FakeImage stock.img new/ -WhatIf");
        Assert.Empty(result.Errors);
        Assert.Empty(result.Output);
        Assert.Empty(_session.Builds);
        Assert.Equal([Path.Join(_session.Folder, "stock.img")], Directory.GetFileSystemEntries(_session.Folder));
    }

    [Theory]
    [InlineData("plain.img", "plain-live.img")]
    [InlineData("packed.img.xz", "packed-live.img")]
    [InlineData("packed.zip", "packed-live.img")]
    [InlineData("dotted.2026-06-18.img.ZST", "dotted.2026-06-18-live.img")]
    [InlineData("odd", "odd-live.img")]
    public void A_folder_as_destination_names_the_image_after_its_source(string source, string expected)
    {
        _session.File(source);
        Directory.CreateDirectory(Path.Join(_session.Folder, "out"));
        _session.Run($"New-FakeImage {source} out; New-FakeImage {source} made/now/");
        Assert.Equal(
            [Path.Join(_session.Folder, "out", expected), Path.Join(_session.Folder, "made", "now", expected)],
            _session.Builds.Select(build => build.DestinationPath));
    }

    [Fact]
    public void Paths_are_of_the_session_and_not_of_the_process()
    {
        Directory.CreateDirectory(Path.Join(_session.Folder, "sub"));
        _session.File("sub/stock.img");
        _session.Run("$ExecutionContext.SessionState.Path.SetLocation('sub'); New-FakeImage stock.img ./live.img; New-FakeImage -LiteralPath ./stock.img ../other.img");
        Assert.Equal(
            [Path.Join(_session.Folder, "sub", "live.img"), Path.Join(_session.Folder, "other.img")],
            _session.Builds.Select(build => build.DestinationPath));
    }

    [Fact]
    public void Wildcards_expand_in_path_and_mean_themselves_in_literal_path()
    {
        _session.File("a1.img");
        _session.File("a2.img");
        _session.File("a[1].img");
        Directory.CreateDirectory(Path.Join(_session.Folder, "a3.img"));
        _session.Run("New-FakeImage 'a[12].img' out/");
        Assert.Equal(["a1.img", "a2.img"], Sources());
        _session.Builds.Clear();
        _session.Run("New-FakeImage -LiteralPath 'a[1].img' literal/");
        Assert.Equal(["a[1].img"], Sources());
        _session.Builds.Clear();
        _session.Run("New-FakeImage 'a`[1`].img' escaped/");
        Assert.Equal(["a[1].img"], Sources());
    }

    [Fact]
    public void Strings_files_and_property_bags_bind_from_the_pipeline()
    {
        _session.File("a.img");
        _session.File("b.img");
        _session.File("c.img");
        _session.File("[d].img");
        _session.File("[e].img");
        ModuleResult result = _session.Run("""
            'a.img' | New-FakeImage -DestinationPath out/
            [pscustomobject]@{ Path = 'b.img' } | New-FakeImage -DestinationPath out/
            [System.IO.FileInfo]::new("$PWD/c.img") | New-FakeImage -DestinationPath out/
            [pscustomobject]@{ PSPath = 'Microsoft.PowerShell.Core\FileSystem::' + "$PWD/[d].img"; Path = 'no' } | New-FakeImage -DestinationPath out/
            [pscustomobject]@{ LiteralPath = '[e].img' } | New-FakeImage -DestinationPath out/
            """);
        Assert.Empty(result.Errors);
        Assert.Equal(["a.img", "b.img", "c.img", "[d].img", "[e].img"], Sources());
    }

    /// <summary>As Import-Csv reads a list of downloads.</summary>
    [Theory]
    [InlineData("Path")]
    [InlineData("LiteralPath")]
    [InlineData("PSPath")]
    public void A_row_of_a_table_binds_its_path_and_its_hash(string property)
    {
        _session.File("a.img");
        _session.File("b.img");
        ModuleResult result = _session.Run($$"""
            'a', 'b' | ForEach-Object { [pscustomobject]@{ {{property}} = "$_.img"; ExpectedHash = $_ * 64 } } | New-FakeImage -DestinationPath out/
            """);
        Assert.Empty(result.Errors);
        Assert.Equal([("a.img", new string('a', 64)), ("b.img", new string('b', 64))],
            _session.Builds.Select(build => (Path.GetFileName(build.SourcePath), build.ExpectedHash)));
    }

    [Fact]
    public void An_object_without_a_path_is_refused_as_such()
    {
        ModuleResult result = _session.Run("[pscustomobject]@{ Name = 'a.img' } | New-FakeImage -DestinationPath out/");
        Assert.Equal(["InputObjectNotBound"], result.ErrorIds);
    }

    [Fact]
    public void Several_inputs_go_one_after_the_other_and_an_error_does_not_stop_the_next()
    {
        _session.File("a.img");
        _session.File("b.img");
        ModuleResult result = _session.Run("'a.img', 'missing.img', 'b.img' | New-FakeImage -DestinationPath out/");
        Assert.Equal(["PathNotFound"], result.ErrorIds);
        Assert.Equal(["a.img", "b.img"], Sources());
        Assert.Equal(2, result.Output.Count);
    }

    [Fact]
    public void Several_inputs_need_a_folder()
    {
        _session.File("a.img");
        _session.File("b.img");
        ModuleResult result = _session.Run("New-FakeImage a.img, b.img live.img");
        Assert.Equal(["DestinationNotFolder"], result.ErrorIds);
        Assert.Empty(_session.Builds);
        result = _session.Run("'a.img', 'b.img' | New-FakeImage -DestinationPath live.img -Force");
        Assert.Equal(["DestinationUsedTwice"], result.ErrorIds);
        Assert.Equal(["a.img"], Sources());
    }

    [Fact]
    public void Two_inputs_of_one_name_never_replace_each_other()
    {
        Directory.CreateDirectory(Path.Join(_session.Folder, "other"));
        _session.File("a.img");
        _session.File("other/a.img");
        ModuleResult result = _session.Run("'a.img', 'other/a.img' | New-FakeImage -DestinationPath out/ -Force");
        Assert.Equal(["DestinationUsedTwice"], result.ErrorIds);
        Assert.Single(result.Output);
    }

    [Fact]
    public void An_existing_destination_is_kept_unless_forced()
    {
        _session.File("stock.img");
        string live = _session.File("live.img");
        ErrorRecord error = _session.Run("New-FakeImage stock.img live.img").Errors.Single();
        Assert.Equal("DestinationExists,RpiLive.Tests.Module.FakeBuildCommand", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.ResourceExists, error.CategoryInfo.Category);
        Assert.Equal(live, error.TargetObject);
        Assert.Equal("Choose another -DestinationPath, or give -Force to replace the file.", error.ErrorDetails.RecommendedAction);
        Assert.Empty(_session.Run("New-FakeImage stock.img live.img -Force").Errors);
    }

    [Fact]
    public void The_stock_image_is_never_the_destination()
    {
        string stock = _session.File("stock.img");
        Directory.CreateDirectory(Path.Join(_session.Folder, "sub"));
        List<string> names = ["stock.img", "./sub/../stock.img", stock];
        if (!OperatingSystem.IsWindows())
        {
            File.CreateSymbolicLink(Path.Join(_session.Folder, "link.img"), stock);
            Directory.CreateSymbolicLink(Path.Join(_session.Folder, "folder"), _session.Folder);
            names.AddRange(["link.img", "folder/stock.img"]);
        }
        foreach (string name in names)
            Assert.Equal(["DestinationIsSource"], _session.Run($"New-FakeImage stock.img '{name}' -Force").ErrorIds);
        Assert.Empty(_session.Builds);
    }

    [Theory]
    [InlineData("missing.img live.img", "PathNotFound")]
    [InlineData("missing*.img live.img", "PathNotFound")]
    [InlineData("-LiteralPath s*.img -DestinationPath live.img", "PathNotFound")]
    [InlineData("env:PATH live.img", "PathNotFileSystem")]
    [InlineData("env:PA* live.img", "PathNotFileSystem")]
    [InlineData("-LiteralPath env:PATH -DestinationPath live.img", "PathNotFileSystem")]
    [InlineData("stock.img env:live", "PathNotFileSystem")]
    [InlineData("nodrive:/x live.img", "PathInvalid")]
    [InlineData("nodrive:/x* live.img", "PathInvalid")]
    [InlineData("nosuch::x live.img", "PathInvalid")]
    [InlineData("folder live.img", "PathNotFile")]
    [InlineData("stock.img folder/missing/live.img", "DestinationFolderMissing")]
    [InlineData("stock.img live.img -BusyBoxPath missing", "PathNotFound")]
    [InlineData("stock.img live.img -BusyBoxPath env:PATH", "PathNotFileSystem")]
    [InlineData("stock.img live.img -BusyBoxPath folder", "PathNotFile")]
    [InlineData("stock.img live.img -ScratchPath missing", "ScratchFolderMissing")]
    [InlineData("stock.img live.img -ScratchPath stock.img", "PathNotFolder")]
    [InlineData("stock.img live.img -ScratchPath env:PATH", "PathNotFileSystem")]
    [InlineData("stock.img live.img -Compression Gzip -CompressionLevel 10", "CompressionLevelOutOfRange")]
    public void What_cannot_be_done_is_refused_by_a_stable_id_before_any_work(string arguments, string id)
    {
        _session.File("stock.img");
        Directory.CreateDirectory(Path.Join(_session.Folder, "folder"));
        ModuleResult result = _session.Run("New-FakeImage " + arguments);
        Assert.Equal([id], result.ErrorIds);
        Assert.NotNull(result.Errors[0].ErrorDetails.RecommendedAction);
        Assert.NotNull(result.Errors[0].TargetObject);
        Assert.Empty(_session.Builds);
    }

    [Fact]
    public void Bad_parameters_end_the_pipeline_and_bad_inputs_do_not()
    {
        _session.File("stock.img");
        Assert.Equal(["after"], _session.Run("New-FakeImage missing.img live.img; 'after'").Texts);
        Assert.Equal(["caught"], _session.Run("try { New-FakeImage stock.img env:x } catch { 'caught' }").Texts);
    }

    [Theory]
    [InlineData("CorruptExt4", ImageErrorKind.Corrupt, ErrorCategory.InvalidData, "stock.img")]
    [InlineData("UnsupportedExt4", ImageErrorKind.Unsupported, ErrorCategory.NotImplemented, "stock.img")]
    [InlineData(ErrorIds.KernelMissing, ImageErrorKind.Missing, ErrorCategory.ObjectNotFound, "stock.img")]
    [InlineData(ErrorIds.ImageUnreadable, ImageErrorKind.Unreadable, ErrorCategory.OpenError, "stock.img")]
    [InlineData(ErrorIds.DestinationFull, ImageErrorKind.Destination, ErrorCategory.ResourceUnavailable, "live.img")]
    [InlineData(ErrorIds.ScratchFull, ImageErrorKind.Destination, ErrorCategory.ResourceUnavailable, "live.img")]
    [InlineData(ErrorIds.DestinationUnwritable, ImageErrorKind.Destination, ErrorCategory.WriteError, "live.img")]
    public void Errors_of_the_engine_keep_their_id_and_advice(string id, ImageErrorKind kind, ErrorCategory category, string target)
    {
        _session.File("stock.img");
        _session.Build = (_, _, _) => throw new ImageException(id, kind, "What is wrong.", "What to do.");
        ErrorRecord error = _session.Run("New-FakeImage stock.img live.img").Errors.Single();
        Assert.Equal(id + ",RpiLive.Tests.Module.FakeBuildCommand", error.FullyQualifiedErrorId);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.Equal(Path.Join(_session.Folder, target), error.TargetObject);
        Assert.Equal($"{error.TargetObject}: What is wrong.", error.ErrorDetails.Message);
        Assert.Equal("What to do.", error.ErrorDetails.RecommendedAction);
    }

    [Fact]
    public void A_fault_of_the_engine_is_an_error_record_and_not_the_end_of_the_host()
    {
        _session.File("a.img");
        _session.File("b.img");
        _session.Build = (options, _, _) => throw new InvalidOperationException(options.SourcePath);
        ModuleResult result = _session.Run("'a.img', 'b.img' | New-FakeImage -DestinationPath out/");
        Assert.Equal(["Unexpected", "Unexpected"], result.ErrorIds);
        Assert.IsType<InvalidOperationException>(result.Errors[0].Exception);
    }

    [Fact]
    public void Progress_is_throttled_and_always_completed()
    {
        _session.File("stock.img");
        _session.Build = (options, progress, _) =>
        {
            Stopwatch watch = Stopwatch.StartNew();
            for (long i = 0; watch.ElapsedMilliseconds < 1500; i++)
            {
                progress.Report(new BuildProgress(BuildStage.Root, Math.Min(i, 1_000_000_000), 1_000_000_000));
                Thread.Yield();
            }
            return Samples.Image(options.DestinationPath);
        };
        IReadOnlyList<ProgressRecord> records = _session.Run("New-FakeImage stock.img live.img").Progress;
        Assert.InRange(records.Count, 3, 10);
        Assert.All(records, record => Assert.InRange(record.PercentComplete, 0, 100));
        Assert.Equal(ProgressRecordType.Completed, records[^1].RecordType);
        Assert.Single(records, record => record.RecordType == ProgressRecordType.Completed);
    }

    [Fact]
    public void Progress_is_completed_after_an_error_too()
    {
        _session.File("stock.img");
        _session.Build = (_, _, _) => throw ImageException.Corrupt("Ext4", "stock.img", "nothing is right");
        Assert.Equal(ProgressRecordType.Completed, _session.Run("New-FakeImage stock.img live.img").Progress[^1].RecordType);
    }

    [Fact]
    public async Task Stopping_cancels_the_engine_and_waits_for_it_within_a_second()
    {
        _session.File("stock.img");
        using ManualResetEventSlim started = new();
        bool cleaned = false;
        _session.Build = (_, progress, cancellation) =>
        {
            started.Set();
            try
            {
                while (true)
                {
                    progress.Report(new BuildProgress(BuildStage.Root, 1, 2));
                    cancellation.ThrowIfCancellationRequested();
                    Thread.Sleep(10);
                }
            }
            finally
            {
                Thread.Sleep(100);
                cleaned = true;
            }
        };
        using PowerShell shell = _session.Start("New-FakeImage stock.img live.img");
        Task running = shell.InvokeAsync();
        started.Wait(TestContext.Current.CancellationToken);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Stopwatch watch = Stopwatch.StartNew();
        shell.Stop();
        await Assert.ThrowsAnyAsync<PipelineStoppedException>(() => running);
        Assert.InRange(watch.ElapsedMilliseconds, 0, 1000);
        Assert.True(cleaned);
        Assert.Equal(PSInvocationState.Stopped, shell.InvocationStateInfo.State);
        Assert.Empty(shell.Streams.Error);
    }

    [Fact]
    public void A_preference_that_ends_the_pipeline_ends_the_engine_too()
    {
        _session.File("stock.img");
        bool ended = false;
        _session.Build = (options, progress, cancellation) =>
        {
            progress.Report(new BuildProgress(BuildStage.Reading, 0, 0));
            ended = cancellation.WaitHandle.WaitOne(TimeSpan.FromSeconds(20));
            cancellation.ThrowIfCancellationRequested();
            return Samples.Image(options.DestinationPath);
        };
        ModuleResult result = _session.Run("$VerbosePreference = 'Stop'; New-FakeImage stock.img live.img");
        Assert.Equal(["ActionPreferenceStop"], result.ErrorIds);
        Assert.True(ended);
    }

    [Fact]
    public void A_pipeline_that_wants_one_image_gets_one()
    {
        _session.File("a.img");
        _session.File("b.img");
        ModuleResult result = _session.Run("""
            function Select-FirstOne { process { $_; break } }
            foreach ($once in 1) { 'a.img', 'b.img' | New-FakeImage -DestinationPath out/ | Select-FirstOne }
            """);
        Assert.Empty(result.Errors);
        Assert.Equal(["a.img"], Sources());
    }

    private IEnumerable<string> Sources() => _session.Builds.Select(build => Path.GetFileName(build.SourcePath));
}
