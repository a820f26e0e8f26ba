using System.Text;
using RpiLive.Core.Debian.Packages;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Debian.Packages;

public sealed class DebianVersionTests
{
    [Fact]
    public void Versions_stand_in_the_order_of_Policy()
    {
        string[] ordered =
        [
            "0~~", "0~~a", "0~", "0", "0a", "0+", "0.", "1.0~beta1~svn1245", "1.0~beta1", "1.0", "1.0-0+deb12u1", "1.0-1~bpo12+1", "1.0-1", "1.0-1+b1",
            "1.0-1.1", "1.0-2", "1.0-10", "1.0a", "1.0+dfsg-1", "1.0.1", "1.2", "1.10", "99999999999999999999999", "100000000000000000000000",
            "1:0.1", "1:0.1-1", "2:0", "10:0",
        ];
        for (int i = 0; i < ordered.Length; i++)
        {
            for (int j = 0; j < ordered.Length; j++)
            {
                int order = DebianVersion.Parse(ordered[i]).CompareTo(DebianVersion.Parse(ordered[j]));
                Assert.True(Math.Sign(order) == i.CompareTo(j), $"{ordered[i]} and {ordered[j]} compare as {order}");
            }
        }
    }

    [Theory]
    [InlineData("1.0", "0:1.0")]
    [InlineData("1.0", "1.0-0")]
    [InlineData("1.0", "1.00")]
    [InlineData("1.01-01", "1.1-1")]
    [InlineData("1.", "1.0")]
    [InlineData("1.a0", "1.a")]
    public void Versions_that_compare_as_equal_are_equal(string left, string right)
    {
        Assert.Equal(DebianVersion.Parse(left), DebianVersion.Parse(right));
        Assert.Equal(DebianVersion.Parse(left).GetHashCode(), DebianVersion.Parse(right).GetHashCode());
        Assert.True(DebianVersion.Parse(left) >= DebianVersion.Parse(right) && !(DebianVersion.Parse(left) < DebianVersion.Parse(right)));
    }

    [Fact]
    public void The_parts_of_a_version()
    {
        DebianVersion version = DebianVersion.Parse("2:1.2-3:4-5~bpo1");
        Assert.Equal(2, version.Epoch);
        Assert.Equal("1.2-3:4", version.Upstream);
        Assert.Equal("5~bpo1", version.Revision);
        Assert.Equal("2:1.2-3:4-5~bpo1", version.ToString());
        Assert.Equal("", DebianVersion.Parse("1.2").Revision);
    }

    [Theory]
    [InlineData("", "the upstream version is missing")]
    [InlineData("-1", "the upstream version is missing")]
    [InlineData("1:", "the upstream version is missing")]
    [InlineData("1:-1", "the upstream version is missing")]
    [InlineData("1-", "the revision after the hyphen is missing")]
    [InlineData(":1", "no epoch")]
    [InlineData("a:1", "no epoch")]
    [InlineData("-1:1", "no epoch")]
    [InlineData("+1:1", "no epoch")]
    [InlineData("1-2:3", "no epoch")]
    [InlineData("2147483648:1", "no epoch")]
    [InlineData("1_0", "a character")]
    [InlineData("1 0", "a character")]
    [InlineData("1.0-1:", "no epoch")]
    [InlineData("1:1-a:b", "a character")]
    [InlineData("1٣", "a character")]
    public void What_is_no_version_is_refused(string text, string why)
    {
        Assert.Contains(why, Assert.Throws<FormatException>(() => DebianVersion.Parse(text)).Message, StringComparison.Ordinal);
        Assert.False(DebianVersion.TryParse(text, out _));
    }

    [Fact]
    public void A_version_has_an_end() => Assert.False(DebianVersion.TryParse(new string('1', DebianVersion.MaxLength + 1), out _));

    [Fact]
    public void Dpkg_compares_versions_as_we_do()
    {
        Tools.Require("dpkg", "sh");
        using TemporaryFolder folder = new();
        Random random = new(1);
        List<(string Left, string Right)> pairs = [];
        while (pairs.Count < 2000)
        {
            string left = Generate(random), right = random.Next(3) == 0 ? Generate(random) : Vary(random, left);
            if (DebianVersion.TryParse(left, out _) && DebianVersion.TryParse(right, out _))
                pairs.Add((left, right));
        }
        File.WriteAllLines(folder["pairs"], pairs.Select(pair => $"{pair.Left} {pair.Right}"));
        string[] judged = Tools.Shell($$"""
            while read -r a b; do
                if dpkg --compare-versions "$a" lt "$b" 2>/dev/null; then echo -1
                elif dpkg --compare-versions "$a" eq "$b" 2>/dev/null; then echo 0
                else echo 1; fi
            done <'{{folder["pairs"]}}'
            """).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(pairs.Count, judged.Length);
        Assert.Contains("0", judged);
        for (int i = 0; i < pairs.Count; i++)
        {
            DebianVersion left = DebianVersion.Parse(pairs[i].Left), right = DebianVersion.Parse(pairs[i].Right);
            Assert.True($"{Math.Sign(left.CompareTo(right))}" == judged[i], $"{left} and {right}: dpkg says {judged[i]}");
            Assert.Equal(-Math.Sign(left.CompareTo(right)), Math.Sign(right.CompareTo(left)));
            if (left == right)
                Assert.Equal(left.GetHashCode(), right.GetHashCode());
        }
    }

    private static string Generate(Random random)
    {
        StringBuilder text = new();
        if (random.Next(4) == 0)
            text.Append(random.Next(3)).Append(':');
        text.Append(random.Next(3));
        for (int length = random.Next(8); length > 0; length--)
            text.Append("0019aZ.~~+-:"[random.Next(12)]);
        return text.ToString();
    }

    private static string Vary(Random random, string version)
    {
        int at = random.Next(version.Length);
        return random.Next(3) switch
        {
            0 => version.Remove(at, 1),
            1 => version.Insert(at, "0"),
            _ => version.Insert(at, $"{"09a.~+-"[random.Next(7)]}"),
        };
    }
}
