using RpiLive.Core.Debian.Packages;

namespace RpiLive.Tests.Debian.Packages;

public sealed class DependencyTests
{
    [Theory]
    [InlineData("a", "a")]
    [InlineData("  a  ,\n\tb\r\n ", "a, b")]
    [InlineData("a|b", "a | b")]
    [InlineData("libc6(>=2.36)", "libc6 (>= 2.36)")]
    [InlineData("a ( << 1 ) , b (<= 1), c (= 1:2-3), d (>= 1), e (>> 1)", "a (<< 1), b (<= 1), c (= 1:2-3), d (>= 1), e (>> 1)")]
    [InlineData("a (< 1), b (> 1)", "a (<= 1), b (>= 1)")]
    [InlineData("python3:any (>= 3.11~), g++:native, x:armhf", "python3:any (>= 3.11~), g++:native, x:armhf")]
    [InlineData("a [arm64], b [!arm64], c [!amd64 !i386], d [amd64], e [linux-any], f [any-arm64]", "a, c, e, f")]
    [InlineData("a [amd64] | b (>= 1) [arm64]", "b (>= 1)")]
    [InlineData("a,,b,", "a, b")]
    [InlineData("", "")]
    [InlineData("x\v|\fy", "x | y")]
    public void Lists_are_read(string text, string expected) => Assert.Equal(expected, string.Join(", ", Dependency.ParseList(text)));

    [Theory]
    [InlineData("a b", "a comma is missing")]
    [InlineData("a |", "the name of a package")]
    [InlineData("| a", "the name of a package")]
    [InlineData("a || b", "the name of a package")]
    [InlineData("${misc:Depends}", "the name of a package")]
    [InlineData("-a", "the name of a package")]
    [InlineData("a (1.0)", "the operator")]
    [InlineData("a (== 1.0)", "the operator")]
    [InlineData("a (=> 1.0)", "the operator")]
    [InlineData("a (>= 1.0", "a parenthesis")]
    [InlineData("a (>= 1.0 2)", "a parenthesis")]
    [InlineData("a (>=)", "the upstream version is missing")]
    [InlineData("a (>= 1_0)", "'1_0' is not a version")]
    [InlineData("a:", "an architecture")]
    [InlineData("a []", "a list of architectures is empty")]
    [InlineData("a [arm64", "a list of architectures is wrong")]
    [InlineData("a [arm64 !amd64]", "a list of architectures is wrong")]
    [InlineData("a <!nocheck>", "a comma is missing")]
    [InlineData("ä", "the name of a package")]
    public void What_is_no_list_is_refused(string text, string why) =>
        Assert.Contains(why, Assert.Throws<FormatException>(() => Dependency.ParseList(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("<<", true, false, false)]
    [InlineData("<=", true, true, false)]
    [InlineData("=", false, true, false)]
    [InlineData(">=", false, true, true)]
    [InlineData(">>", false, false, true)]
    public void Operators_compare(string sign, bool earlier, bool equal, bool later)
    {
        PackageRelation relation = Dependency.ParseList($"a ({sign} 2)")[0].Alternatives[0];
        Assert.Equal((earlier, equal, later),
            (relation.Accepts(DebianVersion.Parse("2~")), relation.Accepts(DebianVersion.Parse("0:2-0")), relation.Accepts(DebianVersion.Parse("2+"))));
    }
}
