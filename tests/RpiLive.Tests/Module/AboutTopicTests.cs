using System.Text.Json;
using System.Text.RegularExpressions;

namespace RpiLive.Tests.Module;

/// <summary>What about_RpiLive_Boot says of settings, words and status is what /init knows.</summary>
public sealed partial class AboutTopicTests
{
    private static readonly string s_folder = Path.Join(Path.GetDirectoryName(Subjects.Module), "en-US");
    private static readonly string s_boot = Path.Join(Subjects.Repository, "src", "RpiLive.Core", "Boot");

    [Fact]
    public void Every_topic_has_a_place_for_Get_Help_and_fits_a_terminal()
    {
        string[] topics = [.. Directory.GetFiles(s_folder, "about_*.help.txt")];
        Assert.Equal(["about_RpiLive.help.txt", "about_RpiLive_Boot.help.txt", "about_RpiLive_Errors.help.txt"], topics.Select(Path.GetFileName).Order(StringComparer.Ordinal));
        using ModuleSession session = new();
        Assert.All(topics, topic =>
        {
            string name = Path.GetFileName(topic).Replace(".help.txt", "", StringComparison.Ordinal);
            Assert.All(File.ReadAllLines(topic), line => Assert.InRange(line.Length, 0, 80));
            string help = string.Join('\n', session.Run($"Get-Help {name}").Texts);
            Assert.Contains(name, help, StringComparison.Ordinal);
            Assert.Contains("SHORT DESCRIPTION", help, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void The_settings_are_those_that_the_start_knows()
    {
        string[] known =
        [
            .. Cases("10-options.sh", "set_option").Where(key => !key.Contains('*')),
            .. Cases("12-zram-options.sh", "set_zram").Select(key => "zram" + key),
            .. Cases("15-keep-options.sh", "set_store").Select(key => "store.NAME" + key), "keep",
        ];
        string[] told = [.. Setting().Matches(Section("THE SETTINGS FILE", "KERNEL WORDS")).Select(match => match.Groups[1].Value).Distinct()];
        Assert.Equal(known.Distinct().Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_kernel_words_are_those_that_the_start_knows()
    {
        // The head of /init lists them; its tests hold that list and the code together.
        string head = File.ReadAllText(Path.Join(s_boot, "init"));
        string[] words = [.. Word().Matches(head[..head.IndexOf("set -u", StringComparison.Ordinal)]).Select(match => match.Groups[1].Value).Distinct()];
        string[] settings = [.. Setting().Matches(Section("THE SETTINGS FILE", "KERNEL WORDS")).Select(match => match.Groups[1].Value)];
        string[] told = [.. Word().Matches(Section("KERNEL WORDS", "ON THE RUNNING PI")).Select(match => match.Groups[1].Value)];
        Assert.InRange(words.Length, 12, 100);
        Assert.All(words.Where(word => word is not ("zram.PROPERTY" or "zram." or "")), word => Assert.Contains(word, settings.Concat(told)));
        Assert.All(told, word => Assert.Contains(word, words));
    }

    [Fact]
    public void The_names_of_the_status_file_are_those_of_its_schema()
    {
        using JsonDocument schema = JsonDocument.Parse(File.ReadAllText(Path.Join(Subjects.Repository, "docs", "schemas", "rpilive-boot.schema.json")));
        string section = Section("THE STATUS FILE", "SEE ALSO");
        Assert.All(schema.RootElement.GetProperty("properties").EnumerateObject(), property =>
            Assert.Matches($@"\n    (\w+, )*{property.Name}\b", section));
        string[] told = [.. StatusNames().Matches(section).SelectMany(match => match.Groups[1].Value.Split(", "))];
        Assert.All(told, name => Assert.True(schema.RootElement.GetProperty("properties").TryGetProperty(name, out _), name));
    }

    private static string Section(string from, string to)
    {
        string topic = File.ReadAllText(Path.Join(s_folder, "about_RpiLive_Boot.help.txt")).ReplaceLineEndings("\n");
        int start = topic.IndexOf($"\n{from}\n", StringComparison.Ordinal), end = topic.IndexOf($"\n{to}\n", StringComparison.Ordinal);
        Assert.InRange(start, 0, end);
        return topic[start..end];
    }

    /// <summary>The patterns of the outer case of a function of /init.</summary>
    private static IEnumerable<string> Cases(string part, string function)
    {
        string text = File.ReadAllText(Path.Join(s_boot, "parts", part)).ReplaceLineEndings("\n");
        string body = text[text.IndexOf($"\n{function}() {{\n", StringComparison.Ordinal)..];
        body = body[..body.IndexOf("\n}\n", StringComparison.Ordinal)];
        return Pattern().Matches(body).SelectMany(match => match.Groups[1].Value.Split(" | ")).Where(pattern => pattern != "*")
            .Select(pattern => pattern == "''" ? "" : pattern);
    }

    [GeneratedRegex(@"^    ([a-z]+(?:\.NAME)?(?:\.[a-z]+)?)=", RegexOptions.Multiline)]
    private static partial Regex Setting();

    [GeneratedRegex(@"rpilive\.([a-zA-Z.]+)")]
    private static partial Regex Word();

    [GeneratedRegex(@"^    ([a-zA-Z]+(?:, [a-zA-Z]+)*)  +\S", RegexOptions.Multiline)]
    private static partial Regex StatusNames();

    [GeneratedRegex(@"^\t\t([^\s(][^)\n]*)\)", RegexOptions.Multiline)]
    private static partial Regex Pattern();
}
