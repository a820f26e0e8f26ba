using System.Text;
using System.Text.Json;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Live;

/// <summary>What /init really leaves behind, as rpilive reads it; and the script that shows its line at log-ins.</summary>
public sealed class BootToStatusTests
{
    [Fact]
    public void Rules_have_the_same_names_in_the_status_of_the_boot_and_in_that_of_the_system()
    {
        using BootShell boot = new();
        boot.Run("""
            root_mode=Ram root_reason='it fits' medium_name=mmcblk0p1 medium_label=bootfs squashfs_bytes=4294967295 memory_available_at_start=750000
            mark_step start; mark_step modules; mark_step total
            note_rule Kept overlay usb /var/log /var/log ''
            note_rule Pristine bind usb /srv/data /srv/data 'it is : odd'
            note_rule Kept tmpfs '' /tmp /tmp ''
            write_facts; write_status
            """);
        using JsonDocument bootStatus = JsonDocument.Parse(File.ReadAllText(boot["run/rpilive/status.json"]));
        Schemas.Check("rpilive-boot", bootStatus.RootElement);
        using LiveShell live = new();
        Tools.Run("cp", "-a", boot["run/rpilive/."], live["run"]);
        using JsonDocument status = JsonDocument.Parse(live.Run("status --json", "stat() { :; }").Output);
        Schemas.Check("rpilive-status", status.RootElement);
        Assert.Equal(bootStatus.RootElement.GetProperty("keep").GetRawText(), status.RootElement.GetProperty("keep").GetRawText());
        Assert.Equal(bootStatus.RootElement.GetProperty("steps").GetRawText(), status.RootElement.GetProperty("bootSteps").GetRawText());
        Assert.Contains("Keep      /var/log Overlay in usb: Kept\n", live.Run("status", "stat() { :; }").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_waits_at_a_log_in_for_a_command_that_hangs_or_is_not_there()
    {
        Tools.Require("timeout");
        using TemporaryFolder folder = new();
        string script = Encoding.UTF8.GetString(BootScripts.Read("live/motd")).Replace("/usr/bin/rpilive", folder["rpilive"], StringComparison.Ordinal);
        File.WriteAllText(folder["motd"], script);
        Assert.Equal((0, ""), Tools.TryRun("timeout", "30", "sh", folder["motd"]));
        File.WriteAllText(folder["rpilive"], "#!/bin/sh\necho told\nexec sleep 60\n");
        Tools.Run("chmod", "+x", folder["rpilive"]);
        Assert.Equal((0, "told\n"), Tools.TryRun("timeout", "30", "sh", folder["motd"]));
    }
}
