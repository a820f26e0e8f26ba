using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace RpiLive.Tests.Module;

public sealed partial class FormatFileTests
{
    private static readonly XDocument s_format = XDocument.Load(Path.Join(Path.GetDirectoryName(Subjects.Module), "RpiLive.Format.ps1xml"));

    [Fact]
    public void Every_property_that_a_view_names_is_one_of_the_image()
    {
        IEnumerable<string> named = s_format.Descendants("PropertyName").Select(element => element.Value)
            .Concat(s_format.Descendants("ScriptBlock").SelectMany(element => PropertyOfInput().Matches(element.Value)).Select(match => match.Groups[1].Value));
        Assert.All(named, name => Assert.NotNull(typeof(RpiLiveImage).GetProperty(name)));
    }

    [Fact]
    public void The_list_view_tells_everything_that_the_image_knows()
    {
        XElement list = s_format.Descendants("ListControl").Single();
        IEnumerable<string> shown = list.Descendants("PropertyName").Select(element => element.Value)
            .Concat(list.Descendants("ScriptBlock").SelectMany(element => PropertyOfInput().Matches(element.Value)).Select(match => match.Groups[1].Value));
        Assert.Equal(
            typeof(RpiLiveImage).GetProperties().Select(property => property.Name).Where(name => name != "Name").Order(),
            shown.Distinct().Order());
    }

    [Fact]
    public void The_table_has_no_more_columns_than_fit()
    {
        Assert.InRange(s_format.Descendants("TableColumnItem").Count(), 1, 5);
        Assert.Equal(s_format.Descendants("TableColumnHeader").Count(), s_format.Descendants("TableColumnItem").Count());
    }

    [GeneratedRegex(@"\$_\.([A-Za-z0-9]+)")]
    private static partial Regex PropertyOfInput();
}
