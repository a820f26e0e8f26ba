using RpiLive.Core.Debian.Root;

namespace RpiLive.Tests.Debian.Root;

public sealed class MaintainerScriptTests
{
    [Fact]
    public void Reads_calls_with_quotes_continuations_and_variables()
    {
        MaintainerScript script = MaintainerScript.Parse("""
            #!/bin/sh
            set -e
            # update-alternatives --install comment
            MESSAGEUSER=messagebus
            if [ "$1" = configure ]; then
            	update-alternatives --install /usr/bin/awk awk /usr/bin/mawk 5 \
            	    --slave "/usr/bin/nawk" 'nawk' /usr/bin/mawk
            	in_sysroot adduser --system --home /nonexistent --group "$MESSAGEUSER" >/dev/null || true
            	addgroup --system ${UNKNOWN:+--root="$UNKNOWN"} input; addgroup --system kvm
            fi
            """);
        Assert.Equal(
            [["--install", "/usr/bin/awk", "awk", "/usr/bin/mawk", "5", "--slave", "/usr/bin/nawk", "nawk", "/usr/bin/mawk"]],
            script.Calls("update-alternatives"));
        Assert.Equal([["--system", "--home", "/nonexistent", "--group", "messagebus", "/dev/null"]], script.Calls("adduser"));
        Assert.Equal([["--system", "input"], ["--system", "kvm"]], script.Calls("addgroup"));
    }

    [Fact]
    public void Substitutions_of_commands_do_not_upset_the_quotes()
    {
        // As in systemd-resolved of bookworm.
        MaintainerScript script = MaintainerScript.Parse("""
            md5sum="$(md5sum "${conffile}" | sed -e 's/ .*//')"
            if [ "$(readlink "${DPKG_ROOT}/etc/resolv.conf")" != "x" ]; then echo "it isn't"; fi
            deb-systemd-helper enable 'systemd-resolved.service' >/dev/null || true
            """);
        Assert.Equal([["enable", "systemd-resolved.service", "/dev/null"]], script.Calls("deb-systemd-helper"));
    }

    [Fact]
    public void Here_documents_are_text_and_numbers_of_arguments_no_comments()
    {
        MaintainerScript script = MaintainerScript.Parse("""
            cat >/etc/x <<-'END' || true
            	don't adduser --system never
            	END
            if [ $# -gt 0 ]; then addgroup --system input; fi
            """);
        Assert.Empty(script.Calls("adduser"));
        Assert.Equal([["--system", "input"]], script.Calls("addgroup"));
    }

    [Theory]
    [InlineData("cat <<")]
    [InlineData("cat <<E\nx")]
    [InlineData("echo \"never closed\ndeb-systemd-helper enable x.service")]
    [InlineData("x=$(unclosed 'y")]
    [InlineData("echo ${open")]
    [InlineData("\\")]
    [InlineData("$")]
    [InlineData("'")]
    public void Odd_ends_do_no_harm(string text) => Assert.Empty(MaintainerScript.Parse(text).Calls("deb-systemd-helper"));

    [Fact]
    public void A_file_too_long_for_a_script_has_no_commands() =>
        Assert.Empty(MaintainerScript.Parse("addgroup --system a\n" + new string('#', 2 << 20)).Calls("addgroup"));
}
