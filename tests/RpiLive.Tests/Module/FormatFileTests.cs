using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace RpiLive.Tests.Module;

public sealed partial class FormatFileTests
{
    private static readonly XDocument s_format = XDocument.Load(Path.Join(Path.GetDirectoryName(Subjects.Module), "RpiLive.Format.ps1xml"));

    [Fact]
    public void Every_property_that_a_view_names_is_one_of_its_type()
    {
        foreach (XElement view in s_format.Descendants("View"))
        {
            Type type = TypeOf(view);
            Assert.NotEmpty(NamedIn(view));
            Assert.All(NamedIn(view), name => Assert.NotNull(type.GetProperty(name)));
        }
    }

    [Fact]
    public void The_list_view_tells_everything_that_the_image_knows()
    {
        XElement list = s_format.Descendants("View").Single(view => view.Element("ListControl") is not null);
        Assert.Equal(typeof(RpiLiveImage), TypeOf(list));
        Assert.Equal(
            typeof(RpiLiveImage).GetProperties().Select(property => property.Name).Where(name => name != "Name").Order(),
            NamedIn(list).Distinct().Order());
    }

    [Fact]
    public void No_table_has_more_columns_than_fit()
    {
        foreach (XElement table in s_format.Descendants("TableControl"))
        {
            Assert.InRange(table.Descendants("TableColumnItem").Count(), 1, 5);
            Assert.Equal(table.Descendants("TableColumnHeader").Count(), table.Descendants("TableColumnItem").Count());
        }
    }

    private static Type TypeOf(XElement view)
    {
        string set = view.Descendants("SelectionSetName").Single().Value;
        XElement types = s_format.Descendants("SelectionSet").Single(element => element.Element("Name")!.Value == set);
        string name = types.Descendants("TypeName").First().Value;
        Assert.Equal([name, "Deserialized." + name], types.Descendants("TypeName").Select(type => type.Value));
        return typeof(RpiLiveImage).Assembly.GetType(name, throwOnError: true)!;
    }

    private static IEnumerable<string> NamedIn(XElement view) => view.Descendants("PropertyName").Select(element => element.Value)
        .Concat(view.Descendants("ScriptBlock").SelectMany(element => PropertyOfInput().Matches(element.Value)).Select(match => match.Groups[1].Value));

    [GeneratedRegex(@"\$_\.([A-Za-z0-9]+)")]
    private static partial Regex PropertyOfInput();
}
